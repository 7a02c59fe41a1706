/// A stand-in for the package `memory-region`, with the same functions and a simple free list.
import Iter "mo:core/Iter";
import List "mo:core/List";
import Nat "mo:core/Nat";
import Nat64 "mo:core/Nat64";
import Region "mo:core/Region";

module {
  public type MemoryRegion = {
    region : Region;
    var size : Nat;
    /// Free blocks by address: `(address, size)`.
    var free : [(Nat, Nat)];
  };

  public func new() : MemoryRegion = { region = Region.new(); var size = 0; var free = [] };

  public func size(self : MemoryRegion) : Nat = self.size;

  public func allocate(self : MemoryRegion, bytes : Nat) : Nat {
    for ((address, size) in self.free.values()) {
      if (size >= bytes) {
        set(self, address, address + bytes, false);
        return address;
      };
    };
    growIfNeeded(self, bytes);
    self.size += bytes;
    self.size - bytes;
  };

  public func deallocate(self : MemoryRegion, address : Nat, size : Nat) {
    set(self, address, address + size, true);
  };

  public func resize(self : MemoryRegion, address : Nat, size : Nat, newSize : Nat) : Nat {
    deallocate(self, address, size);
    allocate(self, newSize);
  };

  public func grow(self : MemoryRegion, pages : Nat) : Nat = Nat64.toNat(Region.grow(self.region, Nat64.fromNat(pages)));

  public func growIfNeeded(self : MemoryRegion, bytes : Nat) {
    let needed = (self.size + bytes + 65_535) / 65_536;
    let pages = Nat64.toNat(Region.size(self.region));
    if (needed > pages) ignore grow(self, needed - pages);
  };

  public func clear(self : MemoryRegion) { clearAndRetainHeader(self, 0) };

  public func clearAndRetainHeader(self : MemoryRegion, headerSize : Nat) {
    self.free := [(headerSize, self.size - headerSize)];
  };

  public func allocatedBlocksInRange(self : MemoryRegion, start : Nat, end : Nat) : Iter.Iter<(Nat, Nat)> {
    let blocks = List.empty<(Nat, Nat)>();
    var from = start;
    for ((address, size) in Iter.concat(self.free.values(), [(self.size, 0)].values())) {
      let to = Nat.min(address, end);
      if (from < to) List.add(blocks, (from, to - from : Nat));
      from := Nat.max(from, address + size);
    };
    List.values(blocks);
  };

  /// Makes a range free or not.
  func set(self : MemoryRegion, start : Nat, end : Nat, free : Bool) {
    let blocks = List.empty<(Nat, Nat)>();
    for ((address, size) in self.free.values()) {
      if (address < start) List.add(blocks, (address, Nat.min(size, start - address)));
    };
    if (free) List.add(blocks, (start, end - start : Nat));
    for ((address, size) in self.free.values()) {
      let from = Nat.max(address, end);
      if (from < address + size) List.add(blocks, (from, (address + size - from) : Nat));
    };
    self.free := List.toArray(blocks);
  };
};
