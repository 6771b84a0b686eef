// Bodies: one number for each kind, one byte form for each body, and each field in the part where it belongs.

#include "shared/journal/bodies.hpp"

#include "shared/codec/json.hpp"
#include "tests/support/body_samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace cunzheng::journal {
namespace {

namespace json = codec::json;

template <class... Kinds>
std::vector<std::pair<std::uint16_t, std::string>> kinds(BodyList<Kinds...>) {
  return {{Kinds::kind, Kinds::name}...};
}

// A kind used twice would make one body pass for another.
TEST(Bodies, KindsAndNamesAreUnique) {
  std::set<std::uint16_t> numbers;
  std::set<std::string> names;
  for (const auto& [number, name] : kinds(AllBodies{})) {
    EXPECT_TRUE(numbers.insert(number).second) << number;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(Bodies, VisitKindFindsEachAndNoOther) {
  for (std::uint32_t number = 0; number <= 0xffff; ++number) {
    const BodyKind kind(static_cast<std::uint16_t>(number));
    std::uint16_t visited = 0;
    const bool known = visit_kind(AllBodies{}, kind, [&](auto tag) { visited = decltype(tag)::Type::kind; });
    const auto all = kinds(AllBodies{});
    const bool listed = std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.first == number; });
    ASSERT_EQ(known, listed) << number;
    ASSERT_EQ(visited, known ? number : 0U) << number;
  }
}

// A kind says who may write it: the number alone tells, for kinds still unknown too.
TEST(Bodies, KindsStandWhereTheirWriterIs) {
  using enum JournalKind;
  const std::map<std::uint16_t, std::set<JournalKind>> places{
      {JournalOpened::kind, {device, district, body, office}},
      {OfficerKeyMade::kind, {device}},
      {CertificateIssued::kind, {device}},
      {39, {device}},
      {HubCertified::kind, {district}},
      {49, {district}},
      {BodyDescribed::kind, {body}},
      {RulingMade::kind, {body}},
      {59, {body}},
      {PrivatePartErased::kind, {district, body, office}},
      {EnrolmentSlipMade::kind, {office}},
      {CreditStepTaken::kind, {office}},
      {69, {office}},
      {70, {body}},
      {79, {body}},
      {80, {device, district, body, office}},
      {0xffff, {device, district, body, office}},
  };
  for (const auto& [kind, journals] : places) {
    for (const auto journal : {device, district, body, office}) {
      EXPECT_EQ(may_stand_in(BodyKind(kind), journal), journals.contains(journal))
          << kind << " in " << codec::name_of(journal);
    }
  }
}

// ---- forms

// What is written is read, from bytes and from JSON, private parts too.
template <class T>
void expect_round_trip(const T& value, const char* name) {
  const auto bytes = codec::encode(value);
  const auto decoded = codec::decode<T>(bytes);
  ASSERT_TRUE(decoded.has_value()) << name << ": " << decoded.error().what.en;
  EXPECT_EQ(codec::encode(*decoded), bytes) << name;
  EXPECT_EQ(codec::to_json(*decoded), codec::to_json(value)) << name;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(codec::decode<T>(ByteView(bytes).first(size)).has_value()) << name << " cut to " << size;
  }
  const auto from = codec::from_json<T>(codec::to_json(value));
  ASSERT_TRUE(from.has_value()) << name << ": " << from.error().field << ": " << from.error().what.en;
  EXPECT_EQ(codec::encode(*from), bytes) << name;
}

TEST(Bodies, RoundTripOfEachKind) {
  test::for_each_sample([](const auto& sample) {
    using Body = std::decay_t<decltype(sample.body)>;
    expect_round_trip(sample.body, Body::name);
    expect_round_trip(sample.personal, Body::name);
    expect_round_trip(Body{}, Body::name);
    expect_round_trip(typename Body::Private{}, Body::name);
  });
  expect_round_trip(test::sample_hub_statement(), "HubStatement");
}

// A field left at its default in a sample would hide that it gets lost on the way, or changes places with another.
void expect_all_filled(const json::value& sample, const json::value& bare, const std::string& path) {
  EXPECT_NE(sample, bare) << path;
  const auto* object = sample.if_object();
  if (object == nullptr || !bare.is_object()) return;
  for (const auto& pair : *object) {
    const auto* other = bare.get_object().if_contains(pair.key());
    if (other != nullptr) expect_all_filled(pair.value(), *other, path + "." + std::string(pair.key()));
  }
}

TEST(Bodies, SamplesLeaveNoFieldAtItsDefault) {
  test::for_each_sample([](const auto& sample) {
    using Body = std::decay_t<decltype(sample.body)>;
    using Private = typename Body::Private;
    expect_all_filled(codec::to_json(sample.body), codec::to_json(Body{}), Body::name);
    if (!std::is_same_v<Private, NothingPrivate>) {
      expect_all_filled(codec::to_json(sample.personal), codec::to_json(Private{}), std::string(Body::name) + " private");
    }
  });
}

// Signatures cover everything else of what is published, and not themselves.
template <class Published>
void expect_signs_all_but_signatures(Published published) {
  const auto bytes = published.signed_bytes();
  const auto full = codec::to_json(published).as_object();
  auto changed = published;
  changed.signatures.pop_back();
  EXPECT_EQ(changed.signed_bytes(), bytes);
  const auto bare = codec::to_json(Published{}).as_object();
  for (const auto& pair : full) {
    if (pair.key() == "signatures") continue;
    auto with_default = full;
    with_default[pair.key()] = bare.at(pair.key());
    const auto other = codec::from_json<Published>(with_default);
    ASSERT_TRUE(other.has_value()) << pair.key();
    EXPECT_NE(other->signed_bytes(), bytes) << pair.key();
  }
}

TEST(Bodies, SignedBytes) {
  expect_signs_all_but_signatures(test::sample_of(BodyTag<DataPublished>{}).body);
  expect_signs_all_but_signatures(test::sample_of(BodyTag<ExclusionListPublished>{}).body);

  const auto ruling = test::sample_of(BodyTag<RulingMade>{}).body;
  auto other = ruling;
  other.outcome = RulingOutcome::stands;
  EXPECT_NE(other.signed_bytes(), ruling.signed_bytes());
  other = ruling;
  other.finding.value()[0] ^= 1;
  EXPECT_NE(other.signed_bytes(), ruling.signed_bytes());

  const auto step = test::sample_of(BodyTag<CreditStepTaken>{}).body;
  const domain::SubjectId one(test::sample_hash(1));
  const domain::SubjectId two(test::sample_hash(2));
  EXPECT_NE(step.signed_bytes(one), step.signed_bytes(two)) << "a step of one case must not pass for one of another";
}

TEST(Bodies, NamesOfLists) {
  EXPECT_EQ(codec::name_of(JournalKind::office), "office");
  EXPECT_EQ(codec::name_of(SpoilKind::other), "other");
  EXPECT_EQ(codec::name_of(InquiryAnswer::question_passed_on), "question_passed_on");
  EXPECT_EQ(codec::name_of(DataKind::commitment_forms), "commitment_forms");
  EXPECT_EQ(codec::name_of(RevocationReason::other), "other");
  EXPECT_EQ(codec::name_of(RulingOutcome::no_objection), "no_objection");
  EXPECT_EQ(codec::name_of(ErasureReason::replaced_list), "replaced_list");
}

// ---- which part a field stands in

// Why a field is where it is. The first row may stay in the chain for ever, the second is what can be erased.
enum class Why {
  id, code, date, number, unit, key, office_signature, public_data,
  identity, about_person, free_text, paper_signature, secret,
};
bool is_erasable(Why why) { return why >= Why::identity; }

using Fields = std::map<std::string, Why>;
struct Parts {
  Fields body;
  Fields personal;
};

// Every field of every kind. `[]` are the elements of a list; a map counts as one field. A new field has to be entered
// here, by the rule at the head of bodies.hpp: what can name or describe a person, or takes free text, is erasable.
const std::map<std::string, Parts>& table() {
  using enum Why;
  static const std::map<std::string, Parts> parts{
      {"JournalOpened",
       {{{"journal_kind", code}, {"body", id}, {"key", key}, {"series", code}, {"epoch", number}, {"nonce", key},
         {"predecessor.journal", id}, {"predecessor.seq", number}, {"predecessor.id", id}},
        {}}},
      {"OfficerKeyMade", {{{"officer", id}, {"key", key}, {"possession", office_signature}}, {{"name", identity}}}},
      {"ApplicationOpened",
       {{{"item", id}, {"purpose", code}, {"requester_kind", code}, {"requesting_unit", unit}, {"applied_on", date},
         {"evidence_at_hand", code}, {"fallback_cause", code}, {"due_on", date}},
        {{"applicant.name", identity}, {"applicant.id_number", identity}, {"applicant.phone", identity},
         {"applicant.address", identity}, {"requested_name", free_text}, {"requester_name", identity},
         {"basis_cited", free_text}, {"purpose_text", free_text}, {"facts", about_person},
         {"legal_risk", about_person}}}},
      {"CertificateIssued",
       {{{"number.code12", code}, {"number.year", date}, {"number.series", code}, {"number.serial", number},
         {"item", id}, {"catalogue_revision", number}, {"issued_on", date}, {"valid_until", date}, {"copies", number},
         {"handler", id}, {"head", id}, {"seal_keeper", id}, {"verified_on", date}, {"as_fallback", code},
         {"deliberation", code}, {"deliberation_code", id}},
        {{"text", identity}, {"verification_text", free_text}, {"handler_signature", paper_signature},
         {"head_signature", paper_signature}}}},
      {"CertificateSpoiled", {{{"spoil_kind", code}, {"spoiled_on", date}, {"handler", id}}, {{"reason", free_text}}}},
      {"CertificateReissued",
       {{{"replaces.code12", code}, {"replaces.year", date}, {"replaces.series", code}, {"replaces.serial", number},
         {"replaced", id}},
        {}}},
      {"ApplicationRefused",
       {{{"reason", code}, {"rule", code}, {"catalogue_revision", number}, {"refused_on", date}, {"handler", id},
         {"fallback_possible", code}},
        {{"reason", free_text}}}},
      {"DeliberationRecorded",
       {{{"minutes.kind", code}, {"minutes.mode", code}, {"minutes.matter", code}, {"minutes.scope.items[]", id},
         {"minutes.scope.uses_max", number}, {"minutes.scope.until", date}, {"minutes.told_on", date},
         {"minutes.held_on", date}, {"minutes.counts", number}, {"minutes.flags", code},
         {"minutes.households_affected", number}, {"minutes.convener", id}, {"minutes.chair", id},
         {"minutes.public_notice.from", date}, {"minutes.public_notice.to", date},
         {"minutes.public_notice.objections", number}, {"minutes.public_notice.objections_open", number},
         {"minutes.head_signed_on", date}, {"handler", id}, {"head", id}},
        {{"minutes.topic", free_text}, {"minutes.place", free_text}, {"minutes.views", free_text},
         {"minutes.attendance[]", identity}, {"minutes.minutes_taker", identity},
         {"minutes.objections_text", free_text}, {"minutes.photos[]", about_person},
         {"head_signature", paper_signature}}}},
      {"InquiryRecorded",
       {{{"item", id}, {"catalogue_revision", number}, {"asked_on", date}, {"answer", code}, {"handler", id}},
        {{"question", free_text}, {"answer", free_text}}}},
      {"CommitmentMade",
       {{{"organ", unit}, {"matter", code}, {"item", id}, {"made_on", date}, {"exclusion_list_revision", number},
         {"choice_explained", code}, {"explained_by", id}},
        {{"person.name", identity}, {"person.id_number", identity}, {"person.phone", identity},
         {"person.address", identity}, {"text", free_text}, {"facts", free_text}, {"exclusion", about_person}}}},
      // Names only officers of the district, in office.
      {"HubCertified", {{{"statement", public_data}, {"by_root", office_signature}}, {}}},
      {"DataPublished",
       {{{"data_kind", code}, {"revision", number}, {"effective_from", date}, {"published_at", date},
         {"content", public_data}, {"signatures[].officer", id}, {"signatures[].signature", office_signature}},
        {}}},
      {"ExclusionListPublished",
       {{{"revision", number}, {"published_at", date}, {"list_digest", key}, {"signatures[].officer", id},
         {"signatures[].signature", office_signature}},
        {{"list.revision", about_person}, {"list.as_of", about_person}, {"list.key", secret},
         {"list.prefixes[]", about_person}}}},
      {"Checkpoint", {{{"day", date}, {"journals", number}, {"root", key}}, {}}},
      {"BodyDescribed",
       {{{"body", id}, {"full_name", unit}, {"short_name", unit}, {"code12", code}, {"credit_code", code},
         {"phone", unit}, {"from", date}},
        {}}},
      // The label is what the district calls a machine.
      {"DeviceEnrolled", {{{"key", key}, {"series", code}, {"label", unit}, {"enrolled_at", date}}, {}}},
      {"DeviceRevoked",
       {{{"key", key}, {"last_trusted.journal", id}, {"last_trusted.seq", number}, {"last_trusted.id", id},
         {"reason", code}, {"revoked_at", date}},
        {}}},
      {"OfficerAppointed",
       {{{"appointment.officer", id}, {"appointment.post", code}, {"appointment.from", date}, {"appointment.to", date},
         {"key", key}},
        {{"name", identity}}}},
      {"Received", {{{"head.journal", id}, {"head.seq", number}, {"head.id", id}}, {}}},
      {"RulingMade",
       {{{"finding", id}, {"outcome", code}, {"officer", id}, {"signature", office_signature}, {"decided_on", date}},
        {{"reason", free_text}}}},
      {"CommitmentAnswered", {{{"state", code}, {"answered_on", date}}, {}}},
      // The authority is an office and the number of its document.
      {"PrivatePartErased",
       {{{"entry", id}, {"journal", id}, {"seq", number}, {"reason", code}, {"authority", unit}},
        {{"reason", free_text}}}},
      {"EnrolmentSlipMade",
       {{{"locator", id}, {"body", id}, {"label", unit}, {"expires_at", date}}, {{"key", secret}}}},
      {"EnrolmentTried", {{{"used", code}, {"key", key}}, {}}},
      // Whose case it is stands in the private part alone; the decision itself names documents and organs.
      {"CreditDecided",
       {{{"decision.decision_no", number}, {"decision.decided_on", date}, {"decision.deciding_organ", unit},
         {"decision.credit_class", code}, {"decision.heard_on", date}, {"decision.served_on", date},
         {"decision.first_officer", id}, {"decision.second_officer", id}, {"decision.evidence", key},
         {"decision.consequences[]", code}, {"signatures[].officer", id}, {"signatures[].signature", office_signature}},
        {{"person.name", identity}, {"person.id_number", identity}, {"person.phone", identity},
         {"person.address", identity}, {"reason", free_text}}}},
      {"CreditStepTaken",
       {{{"act.step", code}, {"act.on", date}, {"act.authority", unit}, {"act.document_no", number},
         {"signatures[].officer", id}, {"signatures[].signature", office_signature}},
        {}}},
  };
  return parts;
}

const std::set<std::string>& maps() {
  static const std::set<std::string> paths{"facts", "minutes.counts", "minutes.flags"};
  return paths;
}

// The places at which values stand in the JSON of a value.
void leaves_of(const json::value& value, const std::string& path, std::set<std::string>& leaves) {
  const auto* object = value.if_object();
  const auto* array = value.if_array();
  if (object != nullptr && !maps().contains(path)) {
    for (const auto& pair : *object) {
      leaves_of(pair.value(), (path.empty() ? "" : path + ".") + std::string(pair.key()), leaves);
    }
  } else if (array != nullptr) {
    for (const auto& each : *array) leaves_of(each, path + "[]", leaves);
    if (array->empty()) leaves.insert(path);
  } else {
    leaves.insert(path);
  }
}

// The sample shows what is inside optionals and lists; the default value, that no field was forgotten in the sample.
template <class T>
std::set<std::string> fields_of(const T& sample, const std::string& name) {
  std::set<std::string> leaves;
  const auto filled = codec::to_json(sample);
  leaves_of(filled, "", leaves);
  const auto bare = codec::to_json(T{});
  for (const auto& pair : bare.get_object()) {
    EXPECT_TRUE(filled.as_object().contains(pair.key())) << name << "." << pair.key();
  }
  return leaves;
}

void expect_fields(const std::set<std::string>& fields, const Fields& listed, bool erasable, const std::string& name) {
  for (const auto& field : fields) {
    EXPECT_TRUE(listed.contains(field)) << name << "." << field << ": enter it here, in the part where it belongs";
  }
  for (const auto& [field, why] : listed) {
    EXPECT_TRUE(fields.contains(field)) << name << "." << field << " is no field any more";
    EXPECT_EQ(is_erasable(why), erasable) << name << "." << field << " stands in the wrong part";
  }
}

// The chain keeps bodies for ever, so a personal field in one of them could never be taken back.
TEST(Bodies, EachFieldStandsInItsPart) {
  std::set<std::string> seen;
  test::for_each_sample([&](const auto& sample) {
    const std::string name = std::decay_t<decltype(sample.body)>::name;
    ASSERT_TRUE(table().contains(name)) << name;
    const auto& parts = table().at(name);
    expect_fields(fields_of(sample.body, name), parts.body, false, name);
    expect_fields(fields_of(sample.personal, name + " private"), parts.personal, true, name + " private");
    seen.insert(name);
  });
  EXPECT_EQ(seen.size(), table().size());
}

}  // namespace
}  // namespace cunzheng::journal
