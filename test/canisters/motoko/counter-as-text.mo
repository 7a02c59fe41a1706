// The counter with another type: its old value cannot be read.
persistent actor {
  var count : Text = "new";
  var name = "after";

  public query func get() : async Text { count # name };
};
