#include "daemon/catch_up.h"

#include "adapters/corosync/discovery.h"
#include "adapters/files/config_file.h"
#include "adapters/files/key_file.h"
#include "adapters/files/state_file.h"
#include "adapters/sidechannel/config_asking.h"
#include "base/format.h"
#include "config/read.h"
#include "runtime/config_agreement.h"
#include "wire/codec.h"

namespace holdfast::daemon {

namespace {

using sidechannel::OpenedAnswer;

constexpr Millis limit{1000};

/// What it says is what its text says: anything else would end this daemon at its next start.
bool is_sound(const wire::ConfigOffer& offer) {
  const config::ReadOutcome read = config::read_config(offer.text, "the offered file");
  return read.config && wire::digest_of(*read.config) == offer.stamp.digest &&
         wire::digest_of(offer.config) == offer.stamp.digest;
}

/// The stamp first: with the file alone, the next start would take it for one that was written by hand.
Result<void> store(const Options& options, const wire::ConfigOffer& offer, const DurableState& state,
                   std::uint64_t before) {
  if (Result<void> saved = files::StateFile(options.state_dir + "/state").save(state); !saved) return saved;
  return files::replace_config_file(options.config, offer.text, std::to_string(before));
}

}  // namespace

const OpenedAnswer* latest(const ConfigAnswers& answers, const ConfigStamp& own, std::string& why) {
  const OpenedAnswer* found = nullptr;
  for (const OpenedAnswer& answer : answers) {
    if (!runtime::is_later(answer.offer.stamp, found == nullptr ? nullptr : &found->offer.stamp, own)) continue;
    if (is_sound(answer.offer))
      found = &answer;
    else
      why = format("node {} offers configuration {}, which cannot be read here", answer.from.value,
                   answer.offer.stamp.generation);
  }
  return found;
}

CaughtUp catch_up(const Options& options, const Setting& setting) {
  const ClusterConfig& config = *setting.config;
  if (config.engine != EngineKind::corosync || config.nodes.size() < 2) return {};
  if (corosync::find_corosync(options.run_dir + "/corosync.conf").ours) return {};
  const Result<std::string> key = files::read_key_file(config.key_file);
  if (!key) return {};  // said by whoever needs it
  const auto answers = ask_for_configuration(config, setting.self, *key, limit);
  if (!answers)
    return {.text = format("the other nodes were not asked for their configuration: {}", answers.error().text)};
  Result<std::optional<DurableState>> kept = files::StateFile(options.state_dir + "/state").load();
  if (!kept) return {};  // likewise
  DurableState state = *kept ? std::move(**kept) : DurableState{};
  const ConfigStamp own = runtime::stamp_of_file(state.stamp, wire::digest_of(config));
  std::string why;
  const OpenedAnswer* found = latest(*answers, own, why);
  if (found == nullptr) return {.text = why};
  const wire::ConfigOffer& offer = found->offer;
  const std::string from = config.name_of(found->from);
  if (offer.config.node(setting.self) == nullptr)
    return {.removed = true,
            .text = format("{} was removed from the cluster (configuration {} of {}): it does not start; to take it in "
                           "again, put it into the file and holdfast apply that on another node",
                           config.name_of(setting.self), offer.stamp.generation, from)};
  runtime::take_later(state, offer.stamp, config, offer.config, setting.self);
  if (const Result<void> written = store(options, offer, state, own.generation); !written)
    return {.text = format("configuration {} of {} cannot be stored, this node starts with its own ({}): {}",
                           offer.stamp.generation, from, own.generation, written.error().text)};
  return {.changed = true,
          .text = format("took configuration {} from {} before the start; this node had {}", offer.stamp.generation,
                         from, own.generation)};
}

}  // namespace holdfast::daemon
