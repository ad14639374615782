// Topic patterns of the source, topic templates of the sink, broker addresses.
#include <cmath>
#include <gtest/gtest.h>

#include "transports/mqtt/broker_address.h"
#include "transports/mqtt/topic_binder.h"
#include "transports/mqtt/topic_template.h"

namespace leat::testing {
namespace {

using namespace mqtt;

data::Schema schema() {
  return data::Schema({{"id", data::kString},
                       {"line", data::kString},
                       {"n", data::kBigint},
                       {"x", data::kDouble},
                       {"ok", data::kBoolean},
                       {"raw", data::kBytes}});
}

TopicBinder binder(const std::vector<std::string>& patterns) {
  Result<TopicBinder> made = TopicBinder::create(patterns, schema());
  EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message());
  return std::move(made).value();
}

// "0=s1 1=a" for what is bound, "-" for no match.
std::string bind(const TopicBinder& binder, std::string_view topic) {
  std::vector<formats::BoundText> bound;
  if (!binder.bind(topic, bound)) return "-";
  std::string out;
  for (const formats::BoundText& one : bound) {
    out += (out.empty() ? "" : " ") + std::to_string(one.field) + "=" + std::string(one.text);
  }
  return out;
}

TEST(TopicBinder, BindsLevelsToFields) {
  const TopicBinder plant = binder({"plant/{line}/sensors/{id}"});
  EXPECT_EQ(plant.filters(), std::vector<std::string>{"plant/+/sensors/+"});
  EXPECT_EQ(plant.bound_fields(), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(bind(plant, "plant/a/sensors/s1"), "1=a 0=s1");
  EXPECT_EQ(bind(plant, "plant//sensors/"), "1= 0=");
  EXPECT_EQ(bind(plant, "plant/a/sensors"), "-");
  EXPECT_EQ(bind(plant, "plant/a/sensors/s1/x"), "-");
  EXPECT_EQ(bind(plant, "plant/a/actors/s1"), "-");
  EXPECT_EQ(bind(plant, ""), "-");
}

// MQTT 5 section 4.7.1, its own examples.
TEST(TopicBinder, WildcardsOfTheStandard) {
  const TopicBinder rest = binder({"sport/tennis/player1/#"});
  EXPECT_EQ(bind(rest, "sport/tennis/player1"), "");
  EXPECT_EQ(bind(rest, "sport/tennis/player1/ranking"), "");
  EXPECT_EQ(bind(rest, "sport/tennis/player1/score/wimbledon"), "");
  EXPECT_EQ(bind(rest, "sport/tennis/player2"), "-");
  const TopicBinder one = binder({"sport/+"});
  EXPECT_EQ(bind(one, "sport"), "-");
  EXPECT_EQ(bind(one, "sport/"), "");
  const TopicBinder two = binder({"+/+"});
  EXPECT_EQ(bind(two, "/finance"), "");
  EXPECT_EQ(bind(binder({"/+"}), "/finance"), "");
  EXPECT_EQ(bind(binder({"+"}), "/finance"), "-");
  EXPECT_EQ(bind(binder({"#"}), "$SYS/x"), "-");
  EXPECT_EQ(bind(binder({"+/monitor/Clients"}), "$SYS/monitor/Clients"), "-");
  EXPECT_EQ(bind(binder({"$SYS/#"}), "$SYS/x"), "");
}

TEST(TopicBinder, FirstPatternThatMatchesWins) {
  const TopicBinder both = binder({"a/{id}", "{line}/#", "a/{line}", "$share/g/b/{id}"});
  EXPECT_EQ(bind(both, "a/1"), "0=1");
  EXPECT_EQ(bind(both, "c/1"), "1=c");
  // "a/{id}" and "a/{line}" are one subscription.
  EXPECT_EQ(both.filters(), (std::vector<std::string>{"a/+", "+/#", "$share/g/b/+"}));
  EXPECT_EQ(bind(binder({"$share/g/b/{id}"}), "b/7"), "0=7");
}

TEST(TopicBinder, RefusesWhatIsNoPattern) {
  const std::pair<const char*, const char*> kBad[] = {
      {"", "is empty"},
      {"a/{nope}", "is not a field"},
      {"a/{idd}", "did you mean \"id\""},
      {"a/{id}/{id}", "twice"},
      {"a/x{id}", "braces that are not a whole level"},
      {"a/{id", "braces"},
      {"a/{}", "braces"},
      {"a/#/b", "# before its end"},
      {"a/b#", "not a whole level"},
      {"a+/b", "not a whole level"},
      {"$share/g", "not $share/group/filter"},
      {"$share//a", "not $share/group/filter"},
      {"$share/+/a", "wildcard in its $share group"},
      {"$share/{id}/a", "{name} in its $share group"},
      {"a/\xff", "not UTF-8"},
  };
  for (const auto& [pattern, problem] : kBad) {
    const auto made = TopicBinder::create({pattern}, schema());
    ASSERT_FALSE(made.ok()) << pattern;
    EXPECT_NE(made.error().message().find(problem), std::string::npos) << made.error().message();
  }
  EXPECT_FALSE(TopicBinder::create({}, schema()).ok());
  EXPECT_FALSE(TopicBinder::create({std::string("a\0b", 3)}, schema()).ok());
  EXPECT_FALSE(TopicBinder::create({std::string(65536, 'a')}, schema()).ok());
}

std::string render(const TopicTemplate& topic, const std::vector<data::Value>& values) {
  data::Batch batch(data::make_schema(schema().fields()));
  batch.append_values(values, 0);
  std::string out;
  std::string problem;
  return topic.render(batch, 0, out, problem) ? out : "! " + problem;
}

TEST(TopicTemplate, ReplacesFieldsAndRefusesValuesThatWouldReachOtherTopics) {
  auto made = TopicTemplate::make("out/{line}/{id}-{n}/{x}{ok}", schema());
  ASSERT_TRUE(made.ok());
  const data::Value null;
  EXPECT_EQ(render(*made, {"s1", "a", 7, 1.5, true, "r"}), "out/a/s1-7/1.5true");
  EXPECT_EQ(render(*made, {"s1", null, 7, 1.5, true, "r"}), "! {line} of the topic is null");
  EXPECT_EQ(render(*made, {"s1", "", 7, 1.5, true, "r"}), "! {line} of the topic is empty");
  for (const char* bad : {"a/b", "+", "x#"}) {
    EXPECT_EQ(render(*made, {"s1", bad, 7, 1.5, true, "r"}),
              "! {line} of the topic holds /, + or #");
  }
  // The shortest form that reads back: its exponent's sign is a wildcard.
  EXPECT_EQ(render(*made, {"s1", "a", 7, 1e300, true, "r"}), "! {x} of the topic holds /, + or #");
  EXPECT_EQ(render(*made, {std::string("a\0", 2), "a", 7, 1.5, true, "r"}),
            "! {id} of the topic holds U+0000");
  EXPECT_EQ(render(*made, {std::string(70000, 'x'), "a", 7, 1.5, true, "r"}),
            "! the topic is longer than 65535 bytes");
}

TEST(TopicTemplate, RefusesWhatIsNoTopic) {
  const std::pair<const char*, const char*> kBad[] = {
      {"", "is empty"},     {"a/+", "wildcard"}, {"a/#", "wildcard"}, {"a/{nope}", "not a field"},
      {"a/{raw}", "bytes"}, {"a/{id", "braces"}, {"a/id}", "braces"}, {"a/{{id}}", "braces"},
  };
  for (const auto& [text, problem] : kBad) {
    const auto made = TopicTemplate::make(text, schema());
    ASSERT_FALSE(made.ok()) << text;
    EXPECT_NE(made.error().message().find(problem), std::string::npos) << made.error().message();
  }
}

TEST(BrokerAddress, Urls) {
  const std::pair<const char*, const char*> kGood[] = {
      {"mqtt://broker", "mqtt://broker:1883"},
      {"mqtts://broker", "mqtts://broker:8883"},
      {"tcp://10.0.0.1:99", "mqtt://10.0.0.1:99"},
      {"mqtt://[::1]:1884/", "mqtt://[::1]:1884"},
      {"mqtt://[fe80::1%eth0]", "mqtt://[fe80::1%eth0]:1883"},
  };
  for (const auto& [url, meaning] : kGood) {
    const auto parsed = parse_broker_address(url);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    EXPECT_EQ(parsed->to_string(), meaning);
  }
  const std::pair<const char*, const char*> kBad[] = {
      {"", "not a URL"},
      {"broker:1883", "not a URL"},
      {"http://broker", "unknown scheme"},
      {"mqtt://", "no host"},
      {"mqtt://:1883", "no host"},
      {"mqtt://broker:0", "port"},
      {"mqtt://broker:65536", "port"},
      {"mqtt://broker:1x", "port"},
      {"mqtt://broker:", "port"},
      {"mqtt://::1", "brackets"},
      {"mqtt://[::1", "without its ]"},
      {"mqtt://[broker]", "not an IPv6 address"},
      {"mqtt://broker/path", "nothing may follow"},
      {"mqtt://bro ker", "not a host name"},
      {"mqtt://[::1]x", "nothing but :port"},
  };
  for (const auto& [url, problem] : kBad) {
    const auto parsed = parse_broker_address(url);
    ASSERT_FALSE(parsed.ok()) << url;
    EXPECT_NE(parsed.error().message().find(problem), std::string::npos)
        << parsed.error().message();
  }
}

TEST(BrokerAddress, SecretsInTheUrlAreRefusedAndNotRepeated) {
  const auto parsed = parse_broker_address("mqtt://user:hunter2@broker");
  ASSERT_FALSE(parsed.ok());
  EXPECT_NE(parsed.error().message().find("password_file"), std::string::npos);
  EXPECT_EQ(parsed.error().message().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace leat::testing
