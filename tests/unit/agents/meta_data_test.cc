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
  ASSERT_EQ(parsed->actions.size(), 2U);
  EXPECT_EQ(parsed->actions[0].name, "start");
  EXPECT_EQ(parsed->actions[0].timeout, Millis{20000});
  EXPECT_EQ(parsed->actions[1].name, "monitor");
  EXPECT_EQ(parsed->actions[1].depth, 10);
  EXPECT_EQ(parsed->agent_version, "2.3");
}

TEST(MetaData, OfVersion11IsReadWhole) {
  const auto parsed = parse_ocf_meta_data(R"(<resource-agent name="x"><version>1.1</version>
<shortdesc>Does
  this</shortdesc>
<longdesc>
    First line.
      Deeper.


    Last&#27;[31m line.
</longdesc>
<parameters>
<parameter name="level" unique-group="place" required="0"><longdesc>How much</longdesc>
<content type="select" default="low"><option value="low"/><option value="high"/></content></parameter>
<parameter name="old"><deprecated><replaced-with name="level"/></deprecated><content type="string"/></parameter>
</parameters>
<actions><action name="monitor" timeout="2m" interval="500ms" role="Promoted"/></actions></resource-agent> bye <br>)");
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->brief, "Does this");
  EXPECT_EQ(parsed->text, "First line.\n  Deeper.\n\nLast?[31m line.");
  ASSERT_NE(parsed->parameter("level"), nullptr);
  EXPECT_THAT(parsed->parameter("level")->choices, ElementsAre("low", "high"));
  EXPECT_EQ(parsed->parameter("level")->unique_group, "place");
  EXPECT_EQ(parsed->parameter("level")->text, "How much");
  EXPECT_TRUE(parsed->parameter("old")->deprecated);
  EXPECT_EQ(parsed->parameter("old")->replaced_by, "level");
  EXPECT_EQ(parsed->actions[0].timeout, Millis{120'000});
  EXPECT_EQ(parsed->actions[0].interval, Millis{500});
  EXPECT_EQ(parsed->actions[0].role, "Promoted");
}

TEST(MetaData, TimesAreRead) {
  EXPECT_EQ(parse_ocf_time("20"), Millis{20'000});
  EXPECT_EQ(parse_ocf_time(" 20s "), Millis{20'000});
  EXPECT_EQ(parse_ocf_time("250ms"), Millis{250});
  EXPECT_EQ(parse_ocf_time("2min"), Millis{120'000});
  EXPECT_EQ(parse_ocf_time("1h"), Millis{3'600'000});
  for (const char* wrong : {"", "s", "-1s", "20 parsecs", "99999999999999999999", "9999999999h"})
    EXPECT_EQ(parse_ocf_time(wrong), Millis{0}) << wrong;
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
