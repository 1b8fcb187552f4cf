// K5 and E3: meta-data of OCF agents, right and wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/agents/ocf_meta_data.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view good = R"(<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="Example" version="2.3">
<version> 1.1 </version>
<parameters>
<parameter name="a" required="1" unique="0"><content type="integer"/></parameter>
<parameter name="b" unique="1"><content type="string" default="x"/></parameter>
<parameter name="c" required="true"/>
<parameter/>
</parameters>
<actions><action name="start" timeout="20s"/><action name="monitor" depth="10"/></actions>
</resource-agent>)";

TEST(MetaData, IsRead) {
  const auto parsed = parse_ocf_meta_data(good);
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->name, "Example");
  EXPECT_EQ(parsed->version, "1.1");
  ASSERT_EQ(parsed->parameters.size(), 3U);
  EXPECT_EQ(parsed->parameters[0].name, "a");
  EXPECT_EQ(parsed->parameters[0].type, "integer");
  EXPECT_TRUE(parsed->parameters[0].required);
  EXPECT_FALSE(parsed->parameters[1].required);
  EXPECT_TRUE(parsed->parameters[1].unique);
  EXPECT_EQ(parsed->parameters[1].standard, "x");
  EXPECT_TRUE(parsed->parameters[2].required);
  EXPECT_THAT(parsed->actions, ElementsAre("start", "monitor"));
}

TEST(MetaData, WhatAShellPrintedBeforeIsSkipped) {
  EXPECT_TRUE(parse_ocf_meta_data("warning: no locale\n" + std::string{good}));
}

TEST(MetaData, WhatIsWrongIsSaid) {
  EXPECT_EQ(parse_ocf_meta_data("").error().text, "no XML");
  EXPECT_THAT(parse_ocf_meta_data(good.substr(0, 300)).error().text, HasSubstr("not valid XML"));
  EXPECT_THAT(parse_ocf_meta_data("<?xml version=\"1.0\"?><a/>").error().text, HasSubstr("not the meta-data"));
  EXPECT_THAT(parse_ocf_meta_data("<resource-agent><version>2.0</version></resource-agent>").error().text,
              HasSubstr("allowed: 1.0, 1.1"));
}

}  // namespace
}  // namespace holdfast
