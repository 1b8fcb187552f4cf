#include "agents/disk/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "adapters/process/process_record.h"
#include "agents/parameters.h"
#include "base/format.h"

namespace holdfast::agent::disk {
namespace {

constexpr std::uint32_t most_nodes = 0xffff;

std::string_view told(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::optional<std::uint32_t> number(std::string_view text, int base) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The words of a text, with spaces between them.
std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    if (const auto word = text.substr(0, space); !word.empty()) out.push_back(word);
    if (space == std::string_view::npos) break;
    text.remove_prefix(space + 1);
  }
  return out;
}

/// HOLDFAST_CLUSTER_ID (8 hexadecimal digits), HOLDFAST_NODE_ID, HOLDFAST_NODES ("1=alpha 2=beta"), HOLDFAST_MET ("2").
Result<void> read_cluster(Claim& claim) {
  const auto cluster = number(told("HOLDFAST_CLUSTER_ID"), 16);
  const auto node = number(told("HOLDFAST_NODE_ID"), 10);
  if (!cluster || !node || *node == 0 || *node > most_nodes)
    return failure("HOLDFAST_CLUSTER_ID and HOLDFAST_NODE_ID do not say whose key it is; holdfastd sets them");
  claim.self.cluster = *cluster;
  claim.self.node = *node;
  for (const std::string_view word : words(told("HOLDFAST_NODES"))) {
    const std::size_t equals = word.find('=');
    const auto id = number(word.substr(0, equals), 10);
    if (id && equals != std::string_view::npos) claim.self.names[*id] = word.substr(equals + 1);
  }
  for (const std::string_view word : words(told("HOLDFAST_MET")))
    if (const auto id = number(word, 10)) claim.met.insert(*id);
  return {};
}

Result<Type> read_type(const Invocation& call) {
  const std::string text = call.parameter("type").value_or(to_text(Type::write_exclusive));
  for (const Type type : {Type::write_exclusive, Type::exclusive_access})
    if (text == to_text(type)) return type;
  return failure(format("parameter type = \"{}\": allowed are write-exclusive and exclusive-access", text));
}

}  // namespace

Result<Settings> read_settings(const Invocation& call) {
  Settings out;
  out.resource = call.resource();
  const auto device = call.parameter("device");
  if (!device)
    return failure("parameter device is missing, for example device = \"/dev/disk/by-id/wwn-0x5000c500a1b2\"");
  const auto paths = list_parameter(call, "paths");
  if (!paths) return tl::unexpected(paths.error());
  out.devices = {*device};
  out.devices.insert(out.devices.end(), paths->begin(), paths->end());
  for (const std::string& each : out.devices) {
    if (!each.starts_with("/dev/"))
      return failure(format("parameter {} = \"{}\": must be a block device below /dev",
                            &each == out.devices.data() ? "device" : "paths", each));
    if (std::ranges::count(out.devices, each) > 1) return failure(format("parameter paths: {} stands twice", each));
  }
  const auto type = read_type(call);
  if (!type) return tl::unexpected(type.error());
  out.claim.type = *type;
  out.record = process_record_path(call.run_directory(), out.resource);
  return out;
}

Result<void> read_identity(Settings& settings) { return read_cluster(settings.claim); }

Result<std::vector<std::string>> all_paths(const Settings& settings) {
  std::vector<std::string> out;
  for (const std::string& device : settings.devices) {
    const auto found = block_devices_of(device);
    if (!found) return tl::unexpected(found.error());
    out.insert(out.end(), found->begin(), found->end());
  }
  return out;
}

std::vector<std::string> present_paths(const Settings& settings) {
  std::vector<std::string> out;
  for (const std::string& device : settings.devices)
    if (const auto found = block_devices_of(device)) out.insert(out.end(), found->begin(), found->end());
  return out;
}

}  // namespace holdfast::agent::disk
