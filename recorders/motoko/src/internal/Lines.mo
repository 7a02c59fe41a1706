/// The lines of a trace: events in its JSON Lines form. Nothing is remembered between them, so any of them may be lost.
import Debug "mo:core/Debug";
import Iter "mo:core/Iter";
import Nat "mo:core/Nat";
import Nat8 "mo:core/Nat8";
import Nat64 "mo:core/Nat64";
import Region "mo:core/Region";
import Text "mo:core/Text";

module {
  /// Integers from here on are decimal strings, because readers of JSON use doubles.
  let exactLimit : Nat64 = 0x20_0000_0000_0000;

  /// Maximum bytes in a line. A record of a log with the default size of 4 KiB has room for it.
  let maxBytes = 1024;

  /// The number of the name of the latest message. Names with numbers from 32 on are those of spaces.
  let messageName = "1";

  let digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"];

  /// Returns the number of a region's space. It is also that of the space's name.
  public func regionSpace(region : Region) : Text = Nat.toText(2 * Region.id(region));

  /// Returns the number of the space that has the blocks in a region.
  public func blocksSpace(region : Region) : Text = Nat.toText(2 * Region.id(region) + 1);

  public func header() {
    Debug.print("{\"magic\":\"ic-stable-trace\",\"version\":1,\"producer\":\"stable-memory-recorder for Motoko\"}");
  };

  public func declareRegion(region : Region) {
    declare(regionSpace(region), "2", "region ", region);
  };

  public func declareBlocks(region : Region) {
    declare(blocksSpace(region), "3", "blocks of region ", region);
  };

  public func begin(name : Text) {
    defineName(messageName, name);
    print(["1", "1", "1", messageName]);
  };

  public func end() {
    print(["2", "1", "0"]);
  };

  /// `before` is the greatest number where the region could not grow.
  public func grow(region : Region, pages : Nat64, before : Nat64) {
    let by = Nat64.min(pages, exactLimit - 1);
    print(["4", regionSpace(region), Nat64.toText(by), if (before == Nat64.maxValue) "-1" else Nat64.toText(before)]);
  };

  /// Prints bytes that are written to a region, without the first `skipped` ones of the blob.
  public func write(region : Region, offset : Nat64, blob : Blob, skipped : Nat) {
    var address = offset;
    var text = "";
    var count = 0;
    for (byte in Iter.drop(blob.values(), skipped)) {
      let number = Nat8.toNat(byte);
      text #= digits[number / 16] # digits[number % 16];
      count += 1;
      if (count == maxBytes) {
        writeHex(region, address, text);
        address +%= Nat64.fromNat(count);
        text := "";
        count := 0;
      };
    };
    if (count > 0 or blob.size() == skipped) writeHex(region, address, text);
  };

  public func read(region : Region, offset : Nat64, size : Nat) {
    print(["6", regionSpace(region), integer(offset), Nat.toText(size)]);
  };

  public func allocate(region : Region, address : Nat, size : Nat) {
    print(["7", blocksSpace(region), natural(address), natural(size)]);
  };

  public func deallocate(region : Region, address : Nat, size : Nat) {
    print(["8", blocksSpace(region), natural(address), natural(size)]);
  };

  public func reallocate(region : Region, old : (Nat, Nat), new : (Nat, Nat)) {
    print(["9", blocksSpace(region), natural(old.0), natural(old.1), natural(new.0), natural(new.1)]);
  };

  /// All blocks are freed, but for the first `keep` bytes.
  public func clear(region : Region, keep : Nat) {
    print(["10", blocksSpace(region), natural(keep)]);
  };

  public func nameRange(region : Region, offset : Nat64, size : Nat, name : Text) {
    defineName(messageName, name);
    print(["11", regionSpace(region), integer(offset), natural(size), messageName]);
  };

  public func note(text : Text) {
    print(["15", quoted(text)]);
  };

  func declare(space : Text, kind : Text, name : Text, region : Region) {
    let id = Nat.toText(Region.id(region));
    defineName(space, name # id);
    print(["3", space, kind, space, "{\"region\":" # id # "}"]);
  };

  func defineName(id : Text, name : Text) {
    print(["0", id, quoted(name)]);
  };

  func writeHex(region : Region, offset : Nat64, hex : Text) {
    print(["5", regionSpace(region), integer(offset), "{\"h\":\"" # hex # "\"}"]);
  };

  func print(fields : [Text]) {
    Debug.print("[" # Text.join(fields.values(), ",") # "]");
  };

  func natural(value : Nat) : Text = if (value < Nat64.toNat(exactLimit)) Nat.toText(value) else "\"" # Nat.toText(value) # "\"";

  func integer(value : Nat64) : Text = natural(Nat64.toNat(value));

  func quoted(text : Text) : Text {
    let escaped = Text.flatMap(
      text,
      func(char) {
        if (char == '\"') "\\\"" else if (char == '\\') "\\\\" else if (char < ' ') " " else Text.fromChar(char);
      },
    );
    "\"" # escaped # "\"";
  };
};
