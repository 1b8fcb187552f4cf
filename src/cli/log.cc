#include <sys/stat.h>

#include <chrono>
#include <deque>
#include <fstream>
#include <thread>

#include "api/answers.h"
#include "api/log_filter.h"
#include "api/target.h"
#include "base/format.h"
#include "cli/commands.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;
constexpr const char* default_log = "/var/log/holdfast.log";
constexpr auto poll_interval = std::chrono::milliseconds(100);

void print(const std::string& line, const Console& console) {
  const auto record = console.colour ? api::parse_log_line(line) : std::nullopt;
  Colour colour = Colour::none;
  if (record && record->level >= api::LogLevel::error)
    colour = Colour::red;
  else if (record && record->level == api::LogLevel::warn)
    colour = Colour::yellow;
  console.out << console.paint(line, colour) << '\n';
}

/// Keeps the last so many lines; 0: all.
class Tail {
 public:
  explicit Tail(std::size_t count) : count_(count) {}
  void add(std::string line) {
    lines_.push_back(std::move(line));
    if (count_ > 0 && lines_.size() > count_) lines_.pop_front();
  }
  void print_to(const Console& console) const {
    for (const std::string& line : lines_) print(line, console);
    console.out.flush();
  }

 private:
  std::size_t count_;
  std::deque<std::string> lines_;
};

/// Reads a log file as it grows, also over its rotation.
class LogFile {
 public:
  explicit LogFile(std::string path) : path_(std::move(path)) { open(); }

  bool readable() const { return stream_.is_open(); }

  /// The next whole line, if there is one.
  std::optional<std::string> next() {
    std::string rest;
    if (!std::getline(stream_, rest)) {
      stream_.clear();
      return std::nullopt;
    }
    partial_ += rest;
    if (stream_.eof()) {  // no newline yet
      stream_.clear();
      return std::nullopt;
    }
    return std::exchange(partial_, {});
  }

  /// Begins anew if the file was replaced or cut.
  void follow_rotation() {
    struct stat now {};
    if (::stat(path_.c_str(), &now) != 0) return;
    const auto position = stream_.tellg();
    if (now.st_ino == inode_ && position >= 0 && now.st_size >= position) return;
    stream_.close();
    partial_.clear();
    open();
  }

 private:
  void open() {
    stream_.open(path_);
    struct stat now {};
    if (stream_.is_open() && ::stat(path_.c_str(), &now) == 0) inode_ = now.st_ino;
  }

  std::string path_;
  std::ifstream stream_;
  std::string partial_;
  ino_t inode_ = 0;
};

Exit from_file(LogFile& file, const api::LogFilter& filter, const Options& options, const Console& console) {
  Tail tail(options.lines);
  while (auto line = file.next())
    if (api::matches(filter, *line)) tail.add(std::move(*line));
  tail.print_to(console);
  while (options.follow && !console.ended() && console.out) {
    std::this_thread::sleep_for(poll_interval);
    bool any = false;
    while (const auto line = file.next())
      if (api::matches(filter, *line)) {
        print(*line, console);
        any = true;
      }
    if (any) console.out.flush();
    file.follow_rotation();
  }
  return Exit::done;
}

std::string log_target(const api::LogFilter& filter, const Options& options, std::uint64_t from) {
  std::string target = format("/v1/log?from={}", from);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) target += format("&{}={}", name, api::percent_encode(value));
  };
  add("level", options.level);
  add("resource", options.resource);
  add("node", options.node);
  add("module", options.module);
  if (filter.since) add("since", api::utc_text(*filter.since));
  return target;
}

/// The lines that the daemon remembers: for where its file cannot be read.
Exit from_daemon(const api::LogFilter& filter, const Options& options, const Console& console) {
  const Client client(options.socket);
  std::uint64_t from = 0;
  bool first = true;
  for (;;) {
    const Reply reply = client.get(log_target(filter, options, from));
    if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
    const Result<api::LogPage> page = api::parse_log_page(reply.body);
    if (!page) {
      console.complain(page.error().text);
      return Exit::failed;
    }
    Tail tail(first ? options.lines : 0);
    for (const std::string& line : page->lines) tail.add(line);
    tail.print_to(console);
    from = page->next;
    first = false;
    if (!options.follow || console.ended() || !console.out) return Exit::done;
    std::this_thread::sleep_for(poll_interval);
  }
}

Result<api::LogFilter> filter_of(const Options& options) {
  api::LogFilter filter;
  filter.resource = options.resource;
  filter.node = options.node;
  filter.module = options.module;
  if (!options.level.empty()) {
    const Result<api::LogLevel> level = api::parse_level(options.level);
    if (!level) return failure("--" + level.error().text);
    filter.level = *level;
  }
  if (!options.since.empty()) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const Result<WallTime> since =
        api::parse_since(options.since, WallTime{std::chrono::duration_cast<Millis>(now).count()});
    if (!since) return failure("--since: " + since.error().text);
    filter.since = *since;
  }
  return filter;
}

}  // namespace

Exit log(const Options& options, const Console& console) {
  const Result<api::LogFilter> filter = filter_of(options);
  if (!filter) {
    console.complain(filter.error().text);
    return Exit::usage;
  }
  if (!options.file.empty()) {
    LogFile file(options.file);
    if (file.readable()) return from_file(file, *filter, options, console);
    console.complain(format("--file {}: cannot be read", options.file));
    return Exit::usage;
  }
  // The daemon knows where its log is; without a daemon the usual place is all the more wanted.
  const Reply reply = Client(options.socket).get("/v1/version");
  const bool answered = reply.reach == Reach::answered && reply.status == ok;
  const Result<api::VersionAnswer> told = api::parse_version(reply.body);
  const std::string path = answered && told && !told->log_file.empty() ? told->log_file : default_log;
  LogFile file(answered && told && told->log_file.empty() ? std::string() : path);
  if (file.readable()) return from_file(file, *filter, options, console);
  if (answered) return from_daemon(*filter, options, console);
  console.complain(format("{}; and {} cannot be read", reply.problem, path));
  return Exit::no_daemon;
}

}  // namespace holdfast::cli
