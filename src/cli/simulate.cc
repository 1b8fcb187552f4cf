// holdfast simulate: the daemon tells its present; holdfast-simulate plays with it. holdfast journal needs no daemon.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/format.h"
#include "cli/commands.h"
#include "cli/program.h"

namespace holdfast::cli {
namespace {

std::string program() {
  for (const char* beside : {"/holdfast-simulate", "/../libexec/holdfast/holdfast-simulate"})
    if (const std::string path = own_folder() + beside; ::access(path.c_str(), X_OK) == 0) return path;
  return {};
}

/// The bytes as a file without a name, to be read from its beginning; -1 if there is no memory.
int file_of(const std::string& bytes) {
  const int file = ::memfd_create("present", 0);
  std::size_t written = 0;
  while (file >= 0 && written < bytes.size()) {
    const ssize_t count = ::write(file, bytes.data() + written, bytes.size() - written);
    if (count <= 0) {
      ::close(file);
      return -1;
    }
    written += static_cast<std::size_t>(count);
  }
  if (file >= 0) ::lseek(file, 0, SEEK_SET);
  return file;
}

bool names_its_own(const std::vector<std::string>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const std::string& a) {
    return a == "--config" || a == "--input" || a.starts_with("--config=") || a.starts_with("--input=");
  });
}

Exit not_found(const Console& console) {
  console.complain("holdfast-simulate not found: neither beside this command, nor in ../libexec/holdfast");
  return Exit::failed;
}

}  // namespace

Exit journal(const Options& options, const Console& console) {
  std::vector<std::string> words = {program(), "journal"};
  if (words[0].empty()) return not_found(console);
  words.insert(words.end(), options.passed.begin(), options.passed.end());
  return run_program(std::move(words), {}, console);
}

Exit simulate(const Options& given, const Console& console) {
  Options options = given;
  // The one option of ours that may stand among those of holdfast-simulate.
  if (const auto socket = std::find(options.passed.begin(), options.passed.end(), "--socket");
      options.passed.end() - socket > 1) {
    options.socket = *(socket + 1);
    options.passed.erase(socket, socket + 2);
  }
  std::vector<std::string> words = {program()};
  if (words[0].empty()) return not_found(console);
  words.insert(words.end(), options.passed.begin(), options.passed.end());
  if (names_its_own(options.passed)) return run_program(std::move(words), {}, console);
  const Reply reply = Client(options.socket).get("/v1/simulation-input");
  if (reply.reach != Reach::answered || reply.status != 200) return complain(reply, options, console);
  const Descriptor input(file_of(reply.body));
  if (!input) {
    console.complain("there is no memory for the present of the cluster");
    return Exit::failed;
  }
  words.emplace_back("--input=-");
  return run_program(std::move(words), {.input = input.get()}, console);
}

}  // namespace holdfast::cli
