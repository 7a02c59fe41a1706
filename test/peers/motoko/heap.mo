/// Records of the form that the libraries' have on the heap, and nothing of what the libraries do: two of a MemoryRegion in one of a buffer.
import Array "mo:core/Array";
import Nat64 "mo:core/Nat64";
import Region "mo:core/Region";
import VarArray "mo:core/VarArray";

persistent actor {
  type Block = (Nat, Nat);
  type Leaf = ([var Nat], [var ?Branch], [var ?Leaf], [var ?Block], [var ?Block]);
  type Branch = ([var Nat], [var ?Branch], [var ?Nat], [var ?Node], [var ?Block]);
  type Node = { #leaf : Leaf; #branch : Branch };
  type FreeMemory = { order : Nat; var root : Node; var size : Nat; var next_id : Nat };
  type Books = { region : Region; var free_memory : FreeMemory; var size : Nat; var deallocated : Nat; var pages : Nat };
  type Buffer = { pointers : Books; blobs : Books; var count : Nat };

  func leaf(blocks : [Block]) : Leaf {
    let entries = VarArray.tabulate<?Block>(32, func i = if (i < blocks.size()) ?blocks[i] else null);
    ([var 0, 0, blocks.size(), 0, 0], [var null], [var null, null], entries, [var null]);
  };

  func tree(blocks : [Block]) : FreeMemory {
    let leaves = (blocks.size() + 31) / 32;
    func part(index : Nat) : [Block] {
      let from = index * 32;
      Array.tabulate<Block>(if (from + 32 > blocks.size()) (blocks.size() - from) else 32, func i = blocks[from + i]);
    };
    if (leaves <= 1) return { order = 32; var root = #leaf(leaf(blocks)); var size = blocks.size(); var next_id = 1 };
    let children = VarArray.repeat<?Node>(null, leaves);
    let branch : Branch = ([var 1, 0, leaves, 0, 0], [var null], [var null], children, [var null]);
    var index = 0;
    while (index < leaves) {
      let below = leaf(part(index));
      below.1[0] := ?branch;
      children[index] := ?#leaf(below);
      index += 1;
    };
    { order = 32; var root = #branch(branch); var size = blocks.size(); var next_id = leaves + 1 };
  };

  func books() : Books = { region = Region.new(); var free_memory = tree([]); var size = 0; var deallocated = 0; var pages = 0 };

  let buffer : Buffer = { pointers = books(); blobs = books(); var count = 0 };
  var garbage : [var [Nat]] = [var];

  /// Gives the second one a free list of so many blocks, and pages.
  public func keep(pages : Nat64, seed : Nat64, blocks : Nat64) : async () {
    ignore Region.grow(buffer.blobs.region, pages);
    buffer.blobs.pages += Nat64.toNat(pages);
    var next = Nat64.toNat(seed);
    var address = 0;
    var all = 0;
    let list = Array.tabulate<Block>(Nat64.toNat(blocks), func i {
      next := (next * 6364136223846793005 + 1442695040888963407) % 18446744073709551616;
      let size = next / 65536 % 1000 + 1;
      let start = address + next % 100 + 1;
      address := start + size;
      all += size;
      (start, size);
    });
    buffer.blobs.free_memory := tree(list);
    buffer.blobs.size := address;
    buffer.blobs.deallocated := all;
    buffer.count += 1;
  };

  /// Says a size that needs a big number.
  public func huge(size : Nat64) : async () { buffer.blobs.size := Nat64.toNat(size) };

  /// Makes garbage, for the collector to begin.
  public func churn(count : Nat64) : async () {
    garbage := VarArray.tabulate<[Nat]>(Nat64.toNat(count), func i = Array.tabulate<Nat>(20, func j = i * j));
    garbage := [var];
  };
};
