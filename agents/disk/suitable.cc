// What a disk must be before this node may want it.
#include "agents/disk/take.h"
#include "base/format.h"

namespace holdfast::agent::disk {
namespace {

agent::Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }
agent::Answer lacking(std::string text) { return {ExitCode::not_installed, std::move(text)}; }

agent::Answer trouble(const Path& path, const Reply& reply) {
  return reply.outcome == Outcome::unsupported ? lacking(trouble_text(path, reply)) : failed(trouble_text(path, reply));
}

/// The name of the unit behind a path, in `unit`.
agent::Answer identify(Path& path, std::string& unit) {
  const Reply kind = ask(path, inquiry());
  if (kind.outcome != Outcome::good) return trouble(path, kind);
  const auto type = parse_device_type(kind.in);
  if (!type) return failed(format("device {}: {}", path.name(), type.error().text));
  if (*type != 0) return lacking(format("device {} is no disk (SCSI device type {})", path.name(), *type));
  const Reply page = ask(path, identification());
  if (page.outcome == Outcome::not_answering) return failed(trouble_text(path, page));
  const auto name = parse_identification(page.outcome == Outcome::good ? View(page.in) : View{});
  unit = name ? *name : "";
  return {};
}

/// Paths that do not answer are left out, but for the last one.
agent::Answer one_unit(const Paths& paths, Path*& answering) {
  std::string first;
  agent::Answer silent;
  for (const auto& path : paths) {
    std::string unit;
    const agent::Answer answer = identify(*path, unit);
    if (answer.code == ExitCode::generic) {
      if (silent.text.empty()) silent = answer;
      continue;
    }
    if (answer.code != ExitCode::success) return answer;
    if (paths.size() > 1 && unit.empty())
      return lacking(format("device {} has no name by which its paths are known as its (VPD page 0x83)", path->name()));
    if (answering == nullptr) {
      answering = path.get();
      first = unit;
    }
    if (unit != first)
      return lacking(format("{} and {} are two disks, not two paths to one", answering->name(), path->name()));
  }
  return answering == nullptr ? silent : agent::Answer{};
}

}  // namespace

Result<std::string> unit_of(Path& path) {
  std::string unit;
  const agent::Answer answer = identify(path, unit);
  if (answer.code != ExitCode::success) return failure(answer.text);
  return unit;
}

Lasting lasting_of(const Paths& paths) {
  for (const auto& path : paths) {
    const Reply reply = ask(*path, report_capabilities());
    if (reply.outcome == Outcome::not_answering) continue;
    const auto capabilities = parse_capabilities(reply.outcome == Outcome::good ? View(reply.in) : View{});
    return capabilities ? capabilities->lasting : Lasting::no;
  }
  return Lasting::no;
}

agent::Answer suitable(const Paths& paths, const Self& self, Type type) {
  Path* path = nullptr;
  if (agent::Answer answer = one_unit(paths, path); answer.code != ExitCode::success) return answer;
  const auto standing = look(*path);
  if (!standing) return trouble(*path, standing.error());
  if (const Reply reply = ask(*path, report_capabilities()); reply.outcome == Outcome::good)
    if (const auto capabilities = parse_capabilities(reply.in); capabilities && !capabilities->knows(type))
      return lacking(format("device {} does not know reservations of the type {}", path->name(), to_text(type)));
  const auto foreign = keys_of(*standing, self, Owner::foreign);
  return foreign.empty() ? agent::Answer{} : failed(foreign_text(*path, foreign));
}

}  // namespace holdfast::agent::disk
