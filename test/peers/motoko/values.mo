/// Variables of every type that can be stable.
import Map "mo:core/Map";
import Nat64 "mo:core/Nat64";
import Principal "mo:core/Principal";
import Region "mo:core/Region";
import Text "mo:core/Text";

persistent actor {
  type List<T> = ?(T, List<T>);
  type Tree = { #leaf; #node : { left : Tree; right : Tree; var key : Nat } };
  type Chain = { name : Text; type_ : ?Chain };
  type Callback = shared (Nat) -> async Text;
  type Service = actor { go : Callback; run : shared query () -> async () };

  var nat = 7;
  var big : Nat = 2 ** 200;
  var neg : Int = -(2 ** 90);
  var n8 : Nat8 = 200;
  var n16 : Nat16 = 60_000;
  var n32 : Nat32 = 4_000_000_000;
  var n32s : Nat32 = 3;
  var n64 : Nat64 = 18_000_000_000_000_000_000;
  var n64s : Nat64 = 5;
  var i8 : Int8 = -100;
  var i16 : Int16 = -30_000;
  var i32 : Int32 = -2_000_000_000;
  var i32s : Int32 = -3;
  var i64 : Int64 = -9_000_000_000_000_000_000;
  var i64s : Int64 = -1;
  var flt : Float = 1.5;
  var chr : Char = '💸';
  var yes = true;
  var no = false;
  var unit = ();
  var nul = null;
  var prin : Principal = Principal.fromText("2vxsx-fae");
  var title = "abc";
  let blob : Blob = "\00\ff";
  var opt : ?Nat = ?3;
  var none : ?Text = null;
  var optopt : ???Nat = ??null;
  var optnull : ??Nat = ?null;
  let pair = (1, "two", 3.0);
  var rec : { a : Nat; var b : Text; c : { d : Bool } } = { a = 1; var b = "x"; c = { d = true } };
  var tree : Tree = #node({ left = #leaf; right = #node({ left = #leaf; right = #leaf; var key = 10 }); var key = 9 });
  var v : { #on_ : Nat; #off; #t : (Nat, Text) } = #t(3, "x");
  let arr = [1, 2, 3];
  let varr : [var Text] = [var "a", "b"];
  var bytes : [Nat8] = [1, 255];
  var list : List<Text> = null;
  var lists : List<List<Nat>> = ?(?(1, ?(2, null)), ?(null, null));
  let r = Region.new();
  let map = Map.empty<Text, Nat>();
  var chain : ?Chain = null;
  var callback : ?Callback = null;
  var service : ?Service = null;
  let async_ = { for_ = 1 };

  public func fill(count : Nat64) : async () {
    var i : Nat64 = 0;
    while (i < count) {
      let name = Nat64.toText(i);
      list := ?(name, list);
      chain := ?{ name; type_ = chain };
      Map.add(map, Text.compare, name, Nat64.toNat(i));
      i += 1;
    };
    title #= "de" # "f";
    n64s += count;
    ignore Region.grow(r, 2);
    callback := ?(actor "aaaaa-aa" : Service).go;
    service := ?(actor "aaaaa-aa" : Service);
  };

  /// Makes a text of so many parts.
  public func stretch(count : Nat64) : async () {
    var i : Nat64 = 0;
    while (i < count) { title #= "é"; i += 1 };
  };

  /// Makes garbage, for the collector to begin.
  public func churn(count : Nat64) : async () {
    var i : Nat64 = 0;
    while (i < count) { ignore [var i, i, i, i]; i += 1 };
  };
};
