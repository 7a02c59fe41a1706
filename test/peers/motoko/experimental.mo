/// What used `ExperimentalStableMemory`, as it is now reached, and takes to regions later.
import Prim "mo:⛔";
import Region "mo:core/Region";

persistent actor {
  var region : ?Region = null;

  public func grow(pages : Nat64) : async Nat64 { Prim.stableMemoryGrow(pages) };
  public func size() : async Nat64 { Prim.stableMemorySize() };
  public func load(offset : Nat64, length : Nat64) : async Blob { Prim.stableMemoryLoadBlob(offset, Prim.nat64ToNat(length)) };
  public func store(offset : Nat64, value : Blob) : async () { Prim.stableMemoryStoreBlob(offset, value) };

  /// The first region there is, and so many pages of it.
  public func migrate(pages : Nat64) : async Nat64 {
    let made = Region.new();
    region := ?made;
    ignore Region.grow(made, pages);
    Prim.natToNat64(Region.id(made));
  };
};
