// A folder with fence agents of shell.
#pragma once

#include <sys/stat.h>

#include <string>

#include "unit/temporary_folder.h"

namespace holdfast::test {

class AgentFolder {
 public:
  std::string path() const { return folder_.path().string(); }
  std::string file(const std::string& name) const { return path() + "/" + name; }
  std::string read(const std::string& name) const { return content_of(file(name)); }

  /// An agent that keeps its input in the file `input`, has the step's name in $action and runs `script`.
  void agent(const std::string& name, const std::string& script) const {
    put(file(name), "#!/bin/sh\ncd " + path() +
                        "\ncat > input.$$; cat input.$$ >> input\n"
                        "action=$(sed -n s/^action=//p input.$$)\necho \"$* $action\" >> calls\n" +
                        script + "\n");
    chmod(file(name).c_str(), 0755);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace holdfast::test
