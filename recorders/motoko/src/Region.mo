/// The functions of `mo:core/Region`, which also print what they do. Import this instead.
///
/// A line is printed before the access, so that the log also has the access that traps.
import Region "mo:core/Region";
import Lines "internal/Lines";

module {
  /// Length of what Candid writes before the bytes of a number, which are the same as in a region.
  let candidPrefix = 7;

  /// Returns a new region of no pages, and declares it.
  public func new() : Region {
    let region = Region.new();
    Lines.declareRegion(region);
    region;
  };

  public func id(self : Region) : Nat = Region.id(self);

  public func size(self : Region) : (pages : Nat64) = Region.size(self);

  public func grow(self : Region, newPages : Nat64) : (oldPages : Nat64) {
    let oldPages = Region.grow(self, newPages);
    Lines.grow(self, newPages, oldPages);
    oldPages;
  };

  public func loadNat8(self : Region, offset : Nat64) : Nat8 {
    Lines.read(self, offset, 1);
    Region.loadNat8(self, offset);
  };

  public func storeNat8(self : Region, offset : Nat64, value : Nat8) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeNat8(self, offset, value);
  };

  public func loadNat16(self : Region, offset : Nat64) : Nat16 {
    Lines.read(self, offset, 2);
    Region.loadNat16(self, offset);
  };

  public func storeNat16(self : Region, offset : Nat64, value : Nat16) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeNat16(self, offset, value);
  };

  public func loadNat32(self : Region, offset : Nat64) : Nat32 {
    Lines.read(self, offset, 4);
    Region.loadNat32(self, offset);
  };

  public func storeNat32(self : Region, offset : Nat64, value : Nat32) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeNat32(self, offset, value);
  };

  public func loadNat64(self : Region, offset : Nat64) : Nat64 {
    Lines.read(self, offset, 8);
    Region.loadNat64(self, offset);
  };

  public func storeNat64(self : Region, offset : Nat64, value : Nat64) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeNat64(self, offset, value);
  };

  public func loadInt8(self : Region, offset : Nat64) : Int8 {
    Lines.read(self, offset, 1);
    Region.loadInt8(self, offset);
  };

  public func storeInt8(self : Region, offset : Nat64, value : Int8) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeInt8(self, offset, value);
  };

  public func loadInt16(self : Region, offset : Nat64) : Int16 {
    Lines.read(self, offset, 2);
    Region.loadInt16(self, offset);
  };

  public func storeInt16(self : Region, offset : Nat64, value : Int16) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeInt16(self, offset, value);
  };

  public func loadInt32(self : Region, offset : Nat64) : Int32 {
    Lines.read(self, offset, 4);
    Region.loadInt32(self, offset);
  };

  public func storeInt32(self : Region, offset : Nat64, value : Int32) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeInt32(self, offset, value);
  };

  public func loadInt64(self : Region, offset : Nat64) : Int64 {
    Lines.read(self, offset, 8);
    Region.loadInt64(self, offset);
  };

  public func storeInt64(self : Region, offset : Nat64, value : Int64) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeInt64(self, offset, value);
  };

  public func loadFloat(self : Region, offset : Nat64) : Float {
    Lines.read(self, offset, 8);
    Region.loadFloat(self, offset);
  };

  public func storeFloat(self : Region, offset : Nat64, value : Float) {
    Lines.write(self, offset, to_candid (value), candidPrefix);
    Region.storeFloat(self, offset, value);
  };

  public func loadBlob(self : Region, offset : Nat64, size : Nat) : Blob {
    Lines.read(self, offset, size);
    Region.loadBlob(self, offset, size);
  };

  public func storeBlob(self : Region, offset : Nat64, value : Blob) {
    Lines.write(self, offset, value, 0);
    Region.storeBlob(self, offset, value);
  };
};
