// Entries as people read them with `inspect`: every kind by its names, nothing private unasked, and never a failure.

#include "shared/journal/describe.hpp"
#include "shared/journal/writer.hpp"
#include "tests/support/body_samples.hpp"
#include "tests/support/seeded_random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace cunzheng::journal {
namespace {

namespace json = codec::json;

Entry plain_entry() {
  Entry entry;
  entry.seq = 7;
  entry.lamport = 9;
  entry.claimed = {Instant{1'778'463'300'000}, ClockConfidence::set_by_hub, 2};
  return entry;
}

template <class Body>
Item item_of(const test::BodySample<Body>& sample) {
  test::SeededRandom random(1);
  const auto draft = draft_of(sample.body, sample.personal, {}, random);
  auto entry = plain_entry();
  entry.kind = draft.kind;
  entry.version = draft.version;
  entry.body = draft.body;
  entry.private_digest = private_digest(draft.private_part);
  return make_item(entry, draft.private_part);
}

// All string values of a JSON value, wherever they stand.
void texts_in(const json::value& value, std::vector<std::string>& texts) {
  if (const auto* text = value.if_string()) texts.emplace_back(*text);
  if (const auto* array = value.if_array()) {
    for (const auto& each : *array) texts_in(each, texts);
  }
  if (const auto* object = value.if_object()) {
    for (const auto& pair : *object) texts_in(pair.value(), texts);
  }
}

// A text that a person wrote: in Chinese, or digits of a document or telephone number.
bool is_telling(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x80; }) ||
         (text.size() >= 11 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); }));
}

// Every kind is shown by name with its fields; its private part only when asked for, and no text of it in anything else.
TEST(Describe, EachKind) {
  test::for_each_sample([](const auto& sample) {
    using Body = std::decay_t<decltype(sample.body)>;
    const auto item = item_of(sample);
    const auto open = describe(item, false);
    EXPECT_EQ(open.at("kind").as_string(), Body::name);
    EXPECT_EQ(open.at("body"), codec::to_json(sample.body)) << Body::name;
    EXPECT_FALSE(open.as_object().contains("private")) << Body::name;
    EXPECT_FALSE(open.as_object().contains("newer_than_this_program")) << Body::name;
    EXPECT_FALSE(open.as_object().contains("unreadable")) << Body::name;

    const auto personal = codec::to_json(sample.personal);
    std::vector<std::string> secrets;
    texts_in(personal, secrets);
    const auto shown = json::serialize(open);
    for (const auto& secret : secrets) {
      EXPECT_TRUE(!is_telling(secret) || shown.find(secret) == std::string::npos) << Body::name << ": " << secret;
    }
    EXPECT_EQ(describe(item, true).at("private"), personal) << Body::name;
  });
}

// The envelope, with the time as a person in China reads it; the subject of an opening entry is the entry.
TEST(Describe, Envelope) {
  const auto item = item_of(test::sample_of(BodyTag<Received>{}));
  const auto shown = describe(item, false);
  EXPECT_EQ(shown.at("id").as_string(), to_hex(item.id.value()));
  EXPECT_EQ(shown.at("subject").as_string(), to_hex(item.id.value()));
  EXPECT_EQ(shown.at("seq").to_number<std::uint64_t>(), 7U);
  EXPECT_EQ(shown.at("lamport").to_number<std::uint64_t>(), 9U);
  EXPECT_EQ(shown.at("claimed").at("at").as_string(), "2026-05-11 09:35:00");
  EXPECT_EQ(shown.at("claimed").at("confidence").as_string(), "set_by_hub");
  EXPECT_EQ(shown.at("claimed").at("error_s").to_number<int>(), 2);
}

TEST(Describe, ErasedPrivatePartIsNull) {
  auto item = item_of(test::sample_of(BodyTag<InquiryRecorded>{}));
  item.private_part.reset();
  EXPECT_TRUE(describe(item, true).at("private").is_null());
  EXPECT_FALSE(describe(item, false).as_object().contains("private"));
}

// What this program cannot read it shows as what it is: a kind or version still unknown, or a body that no writer of that
// version could have meant.
TEST(Describe, TellsNewerFromUnreadable) {
  auto entry = plain_entry();
  entry.kind = BodyKind(999);
  entry.body = {1, 2, 3};
  const auto newer_kind = describe(make_item(entry, Bytes(salt_bytes)), true);
  EXPECT_EQ(newer_kind.at("kind").as_string(), "kind 999");
  EXPECT_TRUE(newer_kind.at("newer_than_this_program").as_bool());
  EXPECT_EQ(newer_kind.at("body").as_string(), "010203");

  entry.kind = BodyKind(Received::kind);
  entry.version = 2;
  const auto newer_version = describe(make_item(entry, Bytes(salt_bytes)), true);
  EXPECT_EQ(newer_version.at("kind").as_string(), "Received");
  EXPECT_TRUE(newer_version.at("newer_than_this_program").as_bool());

  entry.version = 1;
  const auto unreadable = describe(make_item(entry, Bytes(salt_bytes)), true);
  EXPECT_FALSE(unreadable.as_object().contains("newer_than_this_program"));
  EXPECT_TRUE(unreadable.at("unreadable").as_bool());
  EXPECT_EQ(unreadable.at("body").as_string(), "010203");
}

TEST(Describe, StubsAndDamage) {
  auto item = item_of(test::sample_of(BodyTag<Received>{}));
  const json::value damaged{{"id", to_hex(item.id.value())}, {"damaged", true}};
  item.entry[0] = 9;
  EXPECT_EQ(describe(item, true), damaged);
  item.entry.clear();
  EXPECT_EQ(describe(item, true), damaged);
}

// A clock may claim anything.
TEST(Describe, AnyClock) {
  auto entry = plain_entry();
  for (const auto ms : {INT64_MIN, std::int64_t{-1}, INT64_MAX}) {
    entry.claimed.at.ms = ms;
    const auto shown = describe(make_item(entry, Bytes(salt_bytes)), false);
    EXPECT_EQ(shown.at("claimed").at("ms").as_int64(), ms);
    EXPECT_EQ(shown.at("claimed").at("at").as_string().size(), std::string("2026-05-11 09:35:00").size());
  }
}

TEST(Describe, KindNames) {
  EXPECT_EQ(kind_name(BodyKind(12)), "CertificateIssued");
  EXPECT_EQ(kind_name(BodyKind(99)), "kind 99");
}

}  // namespace
}  // namespace cunzheng::journal
