/// Prints a trace of what a canister does to its regions. Its lines go to the canister's log, which the Stable Memory Debugger opens.
///
/// ```motoko
/// import Recorder "mo:stable-memory-recorder";
/// import Region "mo:stable-memory-recorder/Region"; // instead of "mo:core/Region"
///
/// persistent actor {
///   Recorder.start();
///   let region = Region.new();
///   Recorder.declare(region);
///
///   public func add(name : Blob) : async () {
///     Recorder.message(
///       "add",
///       func() {
///         ignore Region.grow(region, 1);
///         Region.storeBlob(region, 0, name);
///       },
///     );
///   };
/// };
/// ```
import Lines "internal/Lines";
import TracedRegion "Region";

module {
  /// Begins the trace. Call it first in the actor's body, which also runs after each upgrade.
  public func start() {
    Lines.header();
  };

  /// Declares a region and its size. `Region.new` declares a new one, but after an upgrade, or where the log may have lost it, it has to
  /// be declared again.
  public func declare(region : Region) {
    Lines.declareRegion(region);
    if (TracedRegion.size(region) > 0) ignore TracedRegion.grow(region, 0);
  };

  /// Runs a function as a message with a name. Messages cannot be nested, and end before the next `await`. If the function traps, the
  /// log says so itself.
  public func message(name : Text, run : () -> ()) {
    Lines.begin(name);
    run();
    Lines.end();
  };

  /// Like `message`, and returns the function's result.
  public func messageWithResult<T>(name : Text, run : () -> T) : T {
    Lines.begin(name);
    let result = run();
    Lines.end();
    result;
  };

  /// Names a range of bytes of a region.
  public func nameRange(region : Region, offset : Nat64, size : Nat, name : Text) {
    Lines.nameRange(region, offset, size, name);
  };

  /// Prints a remark.
  public func note(text : Text) {
    Lines.note(text);
  };
};
