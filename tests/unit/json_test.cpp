// JSON from outside: strict, and every refusal says where.

#include "shared/codec/json.hpp"

#include <gtest/gtest.h>

namespace cunzheng::codec {

enum class Season : std::uint8_t { spring, summer };
template <>
struct EnumNames<Season> {
  static constexpr std::array names{"spring", "summer"};
};

namespace {

using PlotName = Strong<struct PlotNameTag, std::string>;

struct Basis {
  std::string law;
  std::optional<CivilDate> from;
  bool operator==(const Basis&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(law), CEREAL_NVP(from));
  }
};

struct Plot {
  PlotName name;
  std::uint16_t area = 0;
  std::int64_t height = 0;
  bool watered = false;
  char row = 'A';
  Season sown = Season::spring;
  CivilDate day;
  Instant seen;
  ByteArray<2> mark{};
  Bytes notes;
  std::vector<Basis> bases;
  std::map<std::string, std::uint32_t> crops;
  std::map<Season, std::string> words;
  std::optional<Basis> best;

  bool operator==(const Plot&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(name), CEREAL_NVP(area), CEREAL_NVP(height), CEREAL_NVP(watered), CEREAL_NVP(row),
            CEREAL_NVP(sown), CEREAL_NVP(day), CEREAL_NVP(seen), CEREAL_NVP(mark), CEREAL_NVP(notes),
            CEREAL_NVP(bases), CEREAL_NVP(crops), CEREAL_NVP(words), CEREAL_NVP(best));
  }
};

Plot example() {
  Plot plot;
  plot.name = PlotName("东一");
  plot.area = 65'535;
  plot.height = -3;
  plot.watered = true;
  plot.row = 'C';
  plot.sown = Season::summer;
  plot.day = *CivilDate::parse("2026-05-11");
  plot.seen = Instant{1'778'463'300'000};
  plot.mark = {0xab, 0xcd};
  plot.notes = {1, 2, 3};
  plot.bases = {{"民法典", *CivilDate::parse("2021-01-01")}, {"条例", std::nullopt}};
  plot.crops = {{"maize", 4'000'000'000U}, {"wheat", 1}};
  plot.words = {{Season::spring, "播种"}};
  plot.best = Basis{"民法典", std::nullopt};
  return plot;
}

constexpr std::string_view example_text =
    R"({"name":"东一","area":65535,"height":-3,"watered":true,"row":"C","sown":"summer","day":"2026-05-11",)"
    R"("seen":1778463300000,"mark":"abcd","notes":"010203",)"
    R"("bases":[{"law":"民法典","from":"2021-01-01"},{"law":"条例","from":null}],)"
    R"("crops":{"maize":4000000000,"wheat":1},"words":{"spring":"播种"},"best":{"law":"民法典","from":null}})";

json::object example_object() { return to_json(example()).as_object(); }

Failure failure_of(const json::value& value, std::string path = {}) {
  auto plot = from_json<Plot>(value, std::move(path));
  EXPECT_FALSE(plot.has_value()) << json::serialize(value);
  return plot ? Failure{} : std::move(plot).error();
}

// Names of fields, ids as they are, bytes in hex, days and lists by name; and the same back.
TEST(JsonForm, BothWays) {
  EXPECT_EQ(json::serialize(to_json(example())), example_text);
  const auto parsed = parse_json(example_text);
  ASSERT_TRUE(parsed.has_value());
  const auto plot = from_json<Plot>(*parsed);
  ASSERT_TRUE(plot.has_value()) << plot.error().field;
  EXPECT_EQ(*plot, example());
}

// What may be absent may be left out or null; a list or map may be left out. Nothing else may.
TEST(JsonForm, WhatMayBeMissing) {
  for (const auto* field : {"best", "bases", "crops", "words", "notes"}) {
    auto object = example_object();
    object.erase(field);
    EXPECT_TRUE(from_json<Plot>(object).has_value()) << field;
  }
  for (const auto* field : {"name", "area", "height", "watered", "row", "sown", "day", "seen", "mark"}) {
    auto object = example_object();
    object.erase(field);
    const auto failure = failure_of(object);
    EXPECT_EQ(failure.code, FailureCode::bad_input);
    EXPECT_EQ(failure.field, field);
    object[field] = nullptr;
    EXPECT_EQ(failure_of(object).field, field);
  }
}

struct Wrong {
  const char* field;
  json::value value;
};

TEST(JsonForm, WrongValuesNameTheirField) {
  const std::vector<Wrong> rows{
      {"name", 7},
      {"area", -1},
      {"area", 65'536},
      {"area", 1.5},
      {"area", "7"},
      {"area", true},
      {"height", 9'223'372'036'854'775'808.0},
      {"watered", 1},
      {"watered", "true"},
      {"row", "AB"},
      {"row", ""},
      {"sown", "autumn"},
      {"sown", 0},
      {"day", "2026-02-29"},
      {"day", "11.5.2026"},
      {"day", 20'000},
      {"mark", "abc"},
      {"mark", "abcdef"},
      {"mark", "zzzz"},
      {"notes", "abc"},
      {"bases", json::object{}},
      {"crops", json::array{}},
      {"best", "民法典"},
  };
  for (const auto& row : rows) {
    auto object = example_object();
    object[row.field] = row.value;
    EXPECT_EQ(failure_of(object).field, row.field) << json::serialize(row.value);
  }
}

// Inside lists, maps and optionals the path goes on; a path to begin with stands before it.
TEST(JsonForm, PathsOfFields) {
  auto object = example_object();
  object["bases"].as_array()[1].as_object()["from"] = "2026-13-01";
  EXPECT_EQ(failure_of(object).field, "bases[1].from");
  EXPECT_EQ(failure_of(object, "plots[3]").field, "plots[3].bases[1].from");

  object = example_object();
  object["bases"].as_array()[0].as_object().erase("law");
  EXPECT_EQ(failure_of(object).field, "bases[0].law");

  object = example_object();
  object["crops"].as_object()["maize"] = "many";
  EXPECT_EQ(failure_of(object).field, "crops.maize");

  object = example_object();
  object["words"].as_object()["autumn"] = "收割";
  EXPECT_EQ(failure_of(object).field, "words.autumn");

  object = example_object();
  object["best"].as_object()["law"] = 5;
  EXPECT_EQ(failure_of(object).field, "best.law");

  EXPECT_EQ(failure_of(json::array{}).field, "");
  EXPECT_EQ(failure_of(json::array{}, "plot").field, "plot");
}

// A field nobody reads may be one misspelt: people would believe that it counts.
TEST(JsonForm, UnknownFieldsAreRefused) {
  auto object = example_object();
  object["wattered"] = true;
  EXPECT_EQ(failure_of(object).field, "wattered");
  EXPECT_EQ(failure_of(object, "plot").field, "plot.wattered");

  object = example_object();
  object["bases"].as_array()[1].as_object()["article"] = "3";
  EXPECT_EQ(failure_of(object).field, "bases[1].article");

  // A name that is known one level up is none here.
  object = example_object();
  object["best"].as_object()["day"] = "2026-05-11";
  EXPECT_EQ(failure_of(object).field, "best.day");
}

TEST(JsonForm, NamesTheChoices) {
  auto object = example_object();
  object["sown"] = "autumn";
  const auto failure = failure_of(object);
  EXPECT_NE(failure.what.en.find("spring, summer"), std::string::npos);
  EXPECT_NE(failure.what.zh.find("spring, summer"), std::string::npos);
}

// ---- the text

// What people sign must not be ambiguous: of two equal keys readers would take one or the other.
TEST(ParseJson, RefusesDuplicateKeys) {
  for (const std::string_view text : {R"({"a":1,"a":1})", R"({"a":1,"b":{"c":[{"a":1,"d":2,"a":3}]}})",
                                      R"({"a":1,"\u0061":2})"}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, FailureCode::bad_input);
    EXPECT_EQ(parsed.error().field, "a") << text;
  }
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})").has_value()) << "equal keys of different objects";
}

// An empty key twice is a duplicate like any other, and said to be one.
TEST(ParseJson, RefusesTheEmptyKeyTwice) {
  const auto parsed = parse_json(R"({"":1,"":2})");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_NE(parsed.error().what.en.find("duplicate"), std::string::npos) << parsed.error().what.en;
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(ParseJson, DepthIsBounded) {
  EXPECT_TRUE(parse_json(nested(32)).has_value());
  EXPECT_FALSE(parse_json(nested(33)).has_value());
  EXPECT_FALSE(parse_json(nested(1'000'000)).has_value());
}

TEST(ParseJson, SizeIsBounded) {
  EXPECT_TRUE(parse_json("[1,2,3]", 7).has_value());
  const auto parsed = parse_json("[1,2,3]", 6);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, FailureCode::bad_input);
}

TEST(ParseJson, OnlyWellFormed) {
  for (const std::string_view text : {"", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "[1] x", "[1][2]", "1 2", "// c\n1",
                                      "NaN", "01", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\t\"", "'a'", "\"\\ud800\""}) {
    EXPECT_FALSE(parse_json(text).has_value()) << text;
  }
  for (const std::string_view text : {" {} ", "[]", "0", "-1.5e3", "\"村\"", "\"\\u6751\"", "null", " [1] \n"}) {
    EXPECT_TRUE(parse_json(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace cunzheng::codec
