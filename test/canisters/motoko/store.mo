/// A canister for tests that record: blobs in a region with a free list, a journal in another region, stable variables in main memory,
/// and calls of itself.
import Error "mo:core/Error";
import Nat64 "mo:core/Nat64";
import Region "mo:core/Region";
import VarArray "mo:core/VarArray";
import FirstFit "FirstFit";

persistent actor {
  type Entry = { address : Nat; size : Nat };

  let blocks = FirstFit.new();
  let journal = Region.new();
  var journalEnd : Nat64 = 0;
  var entries : [var ?Entry] = VarArray.repeat<?Entry>(null, 64);
  var dots = "";

  func note(kind : Nat64, size : Nat) {
    if (journalEnd + 16 > Region.size(journal) * 65_536) ignore Region.grow(journal, 1);
    Region.storeNat64(journal, journalEnd, kind);
    Region.storeNat64(journal, journalEnd + 8, Nat64.fromNat(size));
    journalEnd += 16;
  };

  /// Few sizes of blocks keep the list of free ones short. A long one fills main memory with garbage.
  func room(size : Nat) : Nat = (size + 511) / 512 * 512;

  func free(index : Nat) {
    switch (entries[index]) {
      case (?{ address; size }) FirstFit.deallocate(blocks, address, room(size));
      case null {};
    };
    entries[index] := null;
  };

  func insert(key : Nat64, value : Blob) {
    let index = Nat64.toNat(key % 64);
    free(index);
    let address = FirstFit.allocate(blocks, room(value.size()));
    Region.storeBlob(blocks.region, Nat64.fromNat(address), value);
    entries[index] := ?{ address; size = value.size() };
    dots := if (dots.size() > 100) "" else dots # ".";
    note(key, value.size());
  };

  public func put(key : Nat64, value : Blob) : async Nat64 { insert(key, value); journalEnd };

  public func remove(key : Nat64) : async () { free(Nat64.toNat(key % 64)) };

  public query func get(key : Nat64) : async Blob {
    switch (entries[Nat64.toNat(key % 64)]) {
      case (?{ address; size }) Region.loadBlob(blocks.region, Nat64.fromNat(address), size);
      case null "";
    };
  };

  public query func end() : async Nat64 { journalEnd };

  // What must be undone.

  public func putAndTrap(key : Nat64, value : Blob) : async () { insert(key, value); assert false };

  public query func putInQuery(key : Nat64, value : Blob) : async Nat64 { insert(key, value); journalEnd };

  // What stays, in whole or in part.

  public func putAndReject(key : Nat64, value : Blob) : async () { insert(key, value); throw Error.reject("rejected as told") };

  public func putThroughSelf(key : Nat64, value : Blob) : async Nat64 {
    note(1, 1);
    ignore await put(key, value);
    note(2, 2);
    journalEnd;
  };

  public func putThroughSelfAndTrap(key : Nat64, value : Blob) : async () {
    ignore await put(key, value);
    insert(key + 1, value);
    assert false;
  };

  public func putAfterTrap(key : Nat64, value : Blob) : async Nat64 {
    try { await putAndTrap(key + 1, value) } catch (_) { insert(key, value) };
    journalEnd;
  };

  public func countDown(from : Nat64) : async Nat64 {
    note(from, 0);
    if (from == 0) journalEnd else await countDown(from - 1);
  };

  system func heartbeat() : async () { note(3, 3) };
  system func preupgrade() { note(4, 4) };
  system func postupgrade() { note(5, 5) };
};
