/// The functions of the package `memory-region` that change or read memory, which also print what they do.
///
/// This package does not depend on that one: it takes its module, of whatever release, and works with it.
///
/// ```motoko
/// import MemoryRegion "mo:memory-region/MemoryRegion";
/// import Traced "mo:stable-memory-recorder/MemoryRegion";
///
/// persistent actor {
///   transient let Memory = Traced.MemoryRegion<MemoryRegion.MemoryRegion>(MemoryRegion);
///   let memory = Memory.new();
///   Memory.declare(memory);
///
///   public func add(name : Blob) : async Nat { Memory.addBlob(memory, name) };
/// };
/// ```
///
/// Everything else, such as `size` or `isAllocated`, is called on the library itself.
import Iter "mo:core/Iter";
import Nat64 "mo:core/Nat64";
import CoreRegion "mo:core/Region";
import Recorder "lib";
import Region "Region";
import Lines "internal/Lines";

module {
  /// The part of the module `MemoryRegion` that is called, from release 1.0 on. `T` is its type `MemoryRegion`.
  public type Library<T> = module {
    new : () -> T;
    allocate : (T, Nat) -> Nat;
    deallocate : (T, Nat, Nat) -> ();
    resize : (T, Nat, Nat, Nat) -> Nat;
    grow : (T, Nat) -> Nat;
    growIfNeeded : (T, Nat) -> ();
    clear : T -> ();
    clearAndRetainHeader : (T, Nat) -> ();
    size : T -> Nat;
    allocatedBlocksInRange : (T, Nat, Nat) -> { next : () -> ?(Nat, Nat) };
  };

  public class MemoryRegion<T <: { region : Region }>(library : Library<T>) {

    public func new() : T {
      let self = library.new();
      Recorder.declare(self.region);
      Lines.declareBlocks(self.region);
      self;
    };

    /// Declares a memory and its blocks in use. Call it in the actor's body, which also runs after each upgrade.
    public func declare(self : T) {
      Recorder.declare(self.region);
      Lines.declareBlocks(self.region);
      if (library.size(self) == 0) return;
      Recorder.message(
        "declare blocks",
        func() {
          Lines.clear(self.region, 0);
          for ((address, size) in library.allocatedBlocksInRange(self, 0, library.size(self))) {
            Lines.allocate(self.region, address, size);
          };
        },
      );
    };

    public func allocate(self : T, bytes : Nat) : Nat {
      let before = pages(self);
      let address = library.allocate(self, bytes);
      grew(self, before);
      Lines.allocate(self.region, address, bytes);
      address;
    };

    public func deallocate(self : T, address : Nat, size : Nat) {
      Lines.deallocate(self.region, address, size);
      library.deallocate(self, address, size);
    };

    /// Frees everything in use from `start` up to `end`.
    public func deallocateRange(self : T, start : Nat, end : Nat) {
      let blocks = Iter.toArray(library.allocatedBlocksInRange(self, start, end));
      for ((address, size) in blocks.values()) deallocate(self, address, size);
    };

    public func resize(self : T, address : Nat, size : Nat, newSize : Nat) : Nat {
      let before = pages(self);
      let newAddress = library.resize(self, address, size, newSize);
      grew(self, before);
      Lines.reallocate(self.region, (address, size), (newAddress, newSize));
      newAddress;
    };

    public func grow(self : T, newPages : Nat) : Nat {
      let before = pages(self);
      let oldPages = library.grow(self, newPages);
      grew(self, before);
      oldPages;
    };

    public func growIfNeeded(self : T, bytes : Nat) {
      let before = pages(self);
      library.growIfNeeded(self, bytes);
      grew(self, before);
    };

    public func clear(self : T) {
      Lines.clear(self.region, 0);
      library.clear(self);
    };

    public func clearAndRetainHeader(self : T, headerSize : Nat) {
      Lines.clear(self.region, headerSize);
      library.clearAndRetainHeader(self, headerSize);
    };

    public func loadBlob(self : T, address : Nat, size : Nat) : Blob {
      if (size == 0) "" else Region.loadBlob(self.region, Nat64.fromNat(address), size);
    };

    public func storeBlob(self : T, address : Nat, blob : Blob) {
      Region.storeBlob(self.region, Nat64.fromNat(address), blob);
    };

    public func addBlob(self : T, blob : Blob) : Nat {
      let address = allocate(self, blob.size());
      if (blob.size() > 0) storeBlob(self, address, blob);
      address;
    };

    public func removeBlob(self : T, address : Nat, size : Nat) : Blob {
      let blob = loadBlob(self, address, size);
      deallocate(self, address, size);
      blob;
    };

    public func replaceBlob(self : T, address : Nat, size : Nat, blob : Blob) : Nat {
      let newAddress = resize(self, address, size, blob.size());
      storeBlob(self, newAddress, blob);
      newAddress;
    };

    public func loadNat8(self : T, address : Nat) : Nat8 { Region.loadNat8(self.region, Nat64.fromNat(address)) };
    public func storeNat8(self : T, address : Nat, value : Nat8) { Region.storeNat8(self.region, Nat64.fromNat(address), value) };
    public func addNat8(self : T, value : Nat8) : Nat {
      let address = allocate(self, 1);
      storeNat8(self, address, value);
      address;
    };
    public func removeNat8(self : T, address : Nat) : Nat8 {
      let value = loadNat8(self, address);
      deallocate(self, address, 1);
      value;
    };

    public func loadNat16(self : T, address : Nat) : Nat16 { Region.loadNat16(self.region, Nat64.fromNat(address)) };
    public func storeNat16(self : T, address : Nat, value : Nat16) { Region.storeNat16(self.region, Nat64.fromNat(address), value) };
    public func addNat16(self : T, value : Nat16) : Nat {
      let address = allocate(self, 2);
      storeNat16(self, address, value);
      address;
    };
    public func removeNat16(self : T, address : Nat) : Nat16 {
      let value = loadNat16(self, address);
      deallocate(self, address, 2);
      value;
    };

    public func loadNat32(self : T, address : Nat) : Nat32 { Region.loadNat32(self.region, Nat64.fromNat(address)) };
    public func storeNat32(self : T, address : Nat, value : Nat32) { Region.storeNat32(self.region, Nat64.fromNat(address), value) };
    public func addNat32(self : T, value : Nat32) : Nat {
      let address = allocate(self, 4);
      storeNat32(self, address, value);
      address;
    };
    public func removeNat32(self : T, address : Nat) : Nat32 {
      let value = loadNat32(self, address);
      deallocate(self, address, 4);
      value;
    };

    public func loadNat64(self : T, address : Nat) : Nat64 { Region.loadNat64(self.region, Nat64.fromNat(address)) };
    public func storeNat64(self : T, address : Nat, value : Nat64) { Region.storeNat64(self.region, Nat64.fromNat(address), value) };
    public func addNat64(self : T, value : Nat64) : Nat {
      let address = allocate(self, 8);
      storeNat64(self, address, value);
      address;
    };
    public func removeNat64(self : T, address : Nat) : Nat64 {
      let value = loadNat64(self, address);
      deallocate(self, address, 8);
      value;
    };

    public func loadInt8(self : T, address : Nat) : Int8 { Region.loadInt8(self.region, Nat64.fromNat(address)) };
    public func storeInt8(self : T, address : Nat, value : Int8) { Region.storeInt8(self.region, Nat64.fromNat(address), value) };
    public func addInt8(self : T, value : Int8) : Nat {
      let address = allocate(self, 1);
      storeInt8(self, address, value);
      address;
    };
    public func removeInt8(self : T, address : Nat) : Int8 {
      let value = loadInt8(self, address);
      deallocate(self, address, 1);
      value;
    };

    public func loadInt16(self : T, address : Nat) : Int16 { Region.loadInt16(self.region, Nat64.fromNat(address)) };
    public func storeInt16(self : T, address : Nat, value : Int16) { Region.storeInt16(self.region, Nat64.fromNat(address), value) };
    public func addInt16(self : T, value : Int16) : Nat {
      let address = allocate(self, 2);
      storeInt16(self, address, value);
      address;
    };
    public func removeInt16(self : T, address : Nat) : Int16 {
      let value = loadInt16(self, address);
      deallocate(self, address, 2);
      value;
    };

    public func loadInt32(self : T, address : Nat) : Int32 { Region.loadInt32(self.region, Nat64.fromNat(address)) };
    public func storeInt32(self : T, address : Nat, value : Int32) { Region.storeInt32(self.region, Nat64.fromNat(address), value) };
    public func addInt32(self : T, value : Int32) : Nat {
      let address = allocate(self, 4);
      storeInt32(self, address, value);
      address;
    };
    public func removeInt32(self : T, address : Nat) : Int32 {
      let value = loadInt32(self, address);
      deallocate(self, address, 4);
      value;
    };

    public func loadInt64(self : T, address : Nat) : Int64 { Region.loadInt64(self.region, Nat64.fromNat(address)) };
    public func storeInt64(self : T, address : Nat, value : Int64) { Region.storeInt64(self.region, Nat64.fromNat(address), value) };
    public func addInt64(self : T, value : Int64) : Nat {
      let address = allocate(self, 8);
      storeInt64(self, address, value);
      address;
    };
    public func removeInt64(self : T, address : Nat) : Int64 {
      let value = loadInt64(self, address);
      deallocate(self, address, 8);
      value;
    };

    public func loadFloat(self : T, address : Nat) : Float { Region.loadFloat(self.region, Nat64.fromNat(address)) };
    public func storeFloat(self : T, address : Nat, value : Float) { Region.storeFloat(self.region, Nat64.fromNat(address), value) };
    public func addFloat(self : T, value : Float) : Nat {
      let address = allocate(self, 8);
      storeFloat(self, address, value);
      address;
    };
    public func removeFloat(self : T, address : Nat) : Float {
      let value = loadFloat(self, address);
      deallocate(self, address, 8);
      value;
    };

    func pages(self : T) : Nat64 = CoreRegion.size(self.region);

    /// Prints how many pages were added, if any.
    func grew(self : T, before : Nat64) {
      let added = pages(self) - before;
      if (added > 0) Lines.grow(self.region, added, before);
    };
  };
};
