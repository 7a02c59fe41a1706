/// The published benchmark's first row: 10,000 random blobs of 1 to 100 bytes into a region, one behind the other, grown as needed.
import Array "mo:core/Array";
import Blob "mo:core/Blob";
import Nat "mo:core/Nat";
import Nat32 "mo:core/Nat32";
import Nat64 "mo:core/Nat64";
import Nat8 "mo:core/Nat8";
import Region "mo:core/Region";

persistent actor {
  let region = Region.new();
  var seed : Nat32 = 12_345;
  var blobs : [Blob] = [];

  func next() : Nat {
    seed := seed *% 1_664_525 +% 1_013_904_223;
    Nat32.toNat(seed >> 8);
  };

  public func prepare() : async () {
    blobs := Array.tabulate<Blob>(10_000, func(_) {
      let size = next() % 100 + 1;
      Blob.fromArray(Array.tabulate<Nat8>(size, func(_) { Nat8.fromNat(next() % 256) }));
    });
  };

  /// The bytes that were stored.
  public func store() : async Nat64 {
    var address : Nat64 = 0;
    for (blob in blobs.vals()) {
      let end = address + Nat64.fromNat(blob.size());
      let pages = (end + 65_535) >> 16;
      let size = Region.size(region);
      if (pages > size) ignore Region.grow(region, pages - size);
      Region.storeBlob(region, address, blob);
      address := end;
    };
    address;
  };
};
