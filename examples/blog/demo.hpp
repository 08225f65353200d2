#pragma once
/// The scene: a user changes her name, module Comment fails five times, the event becomes a dead letter; Comment is
/// repaired, the dead letter retried, and the chain shown as a tree.

/// Plays it in a temporary folder, which is gone afterwards. The process's exit code.
int play_demo();
