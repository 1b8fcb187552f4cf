#include "agents/kind.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string parameter_xml(const Parameter& parameter) {
  const std::string standard = parameter.standard.empty() ? "" : format(" default=\"{}\"", escaped(parameter.standard));
  return format(
      "    <parameter name=\"{}\" unique=\"0\" required=\"{}\">\n"
      "      <longdesc lang=\"en\">{}</longdesc>\n"
      "      <shortdesc lang=\"en\">{}</shortdesc>\n"
      "      <content type=\"{}\"{}/>\n"
      "    </parameter>\n",
      parameter.name, parameter.need == Need::required ? 1 : 0, escaped(parameter.meaning), parameter.name,
      parameter.type, standard);
}

constexpr const char* ready_xml = "    <action name=\"ready\" timeout=\"20s\"/>\n";
constexpr const char* actions_xml =
    "    <action name=\"start\" timeout=\"60s\"/>\n"
    "    <action name=\"stop\" timeout=\"60s\"/>\n"
    "    <action name=\"monitor\" timeout=\"20s\" interval=\"10s\" depth=\"0\"/>\n"
    "    <action name=\"recover\" timeout=\"60s\"/>\n"
    "    <action name=\"validate-all\" timeout=\"20s\"/>\n"
    "    <action name=\"meta-data\" timeout=\"5s\"/>\n";

}  // namespace

std::string meta_data(const Kind& kind) {
  std::string parameters;
  for (const Parameter& parameter : kind.parameters) parameters += parameter_xml(parameter);
  return format(
      "<?xml version=\"1.0\"?>\n"
      "<resource-agent name=\"{}\" version=\"{}\">\n"
      "  <version>1.1</version>\n"
      "  <longdesc lang=\"en\">{}</longdesc>\n"
      "  <shortdesc lang=\"en\">{}</shortdesc>\n"
      "  <parameters>\n{}  </parameters>\n"
      "  <actions>\n{}{}  </actions>\n"
      "</resource-agent>\n",
      kind.name, HOLDFAST_VERSION, escaped(kind.meaning), escaped(kind.meaning), parameters, actions_xml,
      kind.ready == nullptr ? "" : ready_xml);
}

}  // namespace holdfast::agent
