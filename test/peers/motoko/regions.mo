/// Every operation of a region, as a method of its own. Regions are numbered in the order in which they were made.
import Nat64 "mo:core/Nat64";
import Region "mo:core/Region";
import Runtime "mo:core/Runtime";
import List "mo:core/List";

persistent actor {
  let regions = List.empty<Region>();

  func at(index : Nat64) : Region {
    switch (List.get(regions, Nat64.toNat(index))) {
      case (?region) region;
      case null Runtime.trap("There is no such region.");
    };
  };

  /// The new region's id.
  public func make() : async Nat64 {
    let region = Region.new();
    List.add(regions, region);
    Nat64.fromNat(Region.id(region));
  };
  public func grow(region : Nat64, pages : Nat64) : async Nat64 { Region.grow(at(region), pages) };
  public func size(region : Nat64) : async Nat64 { Region.size(at(region)) };

  public func loadNat8(region : Nat64, offset : Nat64) : async Nat8 { Region.loadNat8(at(region), offset) };
  public func loadNat16(region : Nat64, offset : Nat64) : async Nat16 { Region.loadNat16(at(region), offset) };
  public func loadNat32(region : Nat64, offset : Nat64) : async Nat32 { Region.loadNat32(at(region), offset) };
  public func loadNat64(region : Nat64, offset : Nat64) : async Nat64 { Region.loadNat64(at(region), offset) };
  public func loadInt8(region : Nat64, offset : Nat64) : async Int8 { Region.loadInt8(at(region), offset) };
  public func loadInt16(region : Nat64, offset : Nat64) : async Int16 { Region.loadInt16(at(region), offset) };
  public func loadInt32(region : Nat64, offset : Nat64) : async Int32 { Region.loadInt32(at(region), offset) };
  public func loadInt64(region : Nat64, offset : Nat64) : async Int64 { Region.loadInt64(at(region), offset) };
  public func loadFloat(region : Nat64, offset : Nat64) : async Float { Region.loadFloat(at(region), offset) };
  public func loadBlob(region : Nat64, offset : Nat64, size : Nat64) : async Blob {
    Region.loadBlob(at(region), offset, Nat64.toNat(size));
  };

  public func storeNat8(region : Nat64, offset : Nat64, value : Nat8) : async () { Region.storeNat8(at(region), offset, value) };
  public func storeNat16(region : Nat64, offset : Nat64, value : Nat16) : async () { Region.storeNat16(at(region), offset, value) };
  public func storeNat32(region : Nat64, offset : Nat64, value : Nat32) : async () { Region.storeNat32(at(region), offset, value) };
  public func storeNat64(region : Nat64, offset : Nat64, value : Nat64) : async () { Region.storeNat64(at(region), offset, value) };
  public func storeInt8(region : Nat64, offset : Nat64, value : Int8) : async () { Region.storeInt8(at(region), offset, value) };
  public func storeInt16(region : Nat64, offset : Nat64, value : Int16) : async () { Region.storeInt16(at(region), offset, value) };
  public func storeInt32(region : Nat64, offset : Nat64, value : Int32) : async () { Region.storeInt32(at(region), offset, value) };
  public func storeInt64(region : Nat64, offset : Nat64, value : Int64) : async () { Region.storeInt64(at(region), offset, value) };
  public func storeFloat(region : Nat64, offset : Nat64, value : Float) : async () { Region.storeFloat(at(region), offset, value) };
  public func storeBlob(region : Nat64, offset : Nat64, value : Blob) : async () { Region.storeBlob(at(region), offset, value) };
};
