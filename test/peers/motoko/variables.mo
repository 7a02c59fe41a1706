/// Variables of many types, all made of the same arguments.
import Array "mo:core/Array";
import Nat64 "mo:core/Nat64";
import Region "mo:core/Region";
import Text "mo:core/Text";

persistent actor {
  type Chain = ?(Nat64, Chain);

  let region = Region.new();
  var natural : Nat64 = 0;
  var big : Nat = 0;
  var signed : Int = 0;
  var small : Int64 = 0;
  var float : Float = 0;
  var bytes : Blob = "";
  var text : ?Text = null;
  var all : [Nat64] = [];
  var chain : Chain = null;
  var choice : { #none; #some : { naturals : Nat64; var changes : Nat } } = #none;

  public func keep(n : Nat64, i : Int64, f : Float, b : Blob, pages : Nat64) : async () {
    natural := n;
    big := Nat64.toNat(n) ** 3;
    signed := -big;
    small := i;
    float := f;
    bytes := b;
    text := Text.decodeUtf8(b);
    all := Array.concat(all, [n]);
    chain := ?(n, chain);
    let changes = switch choice { case (#none) 1; case (#some(old)) old.changes + 1 };
    choice := #some({ naturals = n; var changes });
    ignore Region.grow(region, pages);
  };
};
