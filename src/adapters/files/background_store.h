// The state file behind a thread of its own: a disk that hangs must not make the loop late (E4, L5).
#pragma once

#include <functional>
#include <memory>

#include "base/time.h"
#include "ports/state_store.h"

namespace holdfast::files {

/// What it needs of the outside. `write` and `read` run where they block nobody else.
struct BackgroundStoreSettings {
  std::function<Result<void>(const DurableState&)> write;
  std::function<Result<std::optional<DurableState>>()> read;
  /// Makes the call on the runtime's thread, later. Called from the writer's thread.
  std::function<void(std::function<void()>)> post;
  /// More for the writer's thread: called after wake() and after a write, and again after the time that it says.
  std::function<std::optional<Millis>()> also = {};
  Millis patience{1000};  ///< how long the destructor waits for a write under way before it leaves the thread behind
};

/// One write at a time, in the order of the calls. States that were handed over during a write are written as one, the
/// last: it contains what the others said. Destroying it calls nobody any more; what has been handed over by then is
/// still written, unless the disk hangs.
class BackgroundStore final : public StateStore {
 public:
  explicit BackgroundStore(BackgroundStoreSettings settings);
  ~BackgroundStore() override;
  BackgroundStore(const BackgroundStore&) = delete;
  BackgroundStore& operator=(const BackgroundStore&) = delete;

  Result<std::optional<DurableState>> load() override;
  void save(DurableState state, Saved saved) override;
  /// `also` is called soon. A state that is handed over by then is written first.
  void wake();

 private:
  struct Shared;
  class Worker;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace holdfast::files
