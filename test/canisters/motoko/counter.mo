// A counter whose type the next version changes.
persistent actor {
  var count : Nat = 41;
  var name = "before";

  public func increase() : async Nat { count += 1; count };
};
