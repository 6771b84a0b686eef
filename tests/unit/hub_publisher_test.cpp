#include "shared/registers/facts.hpp"
#include "tests/support/hub_world.hpp"

namespace cunzheng::test {
namespace {

using journal::DataKind;

const std::string catalogue_7 = "deploy/data/catalogue-7.json";
const std::string catalogue_8 = "deploy/data/catalogue-8-trial.json";

// `text` with the first `from` replaced; the test fails if it is not there.
std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

struct District : HubWorld {
  District() { certify_officers(); }
};

// What two officers sign is in force at once for the hub and stands in `district` as they signed it.
TEST(HubPublisher, PublishesWhatTwoOfficersSigned) {
  District world;
  const auto report = world.publish(DataKind::catalogue, tree_text(catalogue_7), world.both());
  ASSERT_TRUE(report) << report.error().what.en << " " << report.error().field;
  EXPECT_EQ(report->revision, 7U);
  EXPECT_EQ(report->effective_from, day("2026-04-01"));
  const auto* law = world.hub->directory.facts().in_force(DataKind::catalogue, day("2026-05-11"));
  ASSERT_NE(law, nullptr);
  EXPECT_EQ(law->entry, report->entry);
  const auto written = world.written<journal::DataPublished>(hub::district_journal);
  ASSERT_EQ(written.size(), 1U);
  ASSERT_EQ(written[0].body.signatures.size(), 2U);
  for (const auto& each : written[0].body.signatures) {
    const auto* officer = world.hub->directory.facts().district_officer(each.officer);
    ASSERT_NE(officer, nullptr);
    EXPECT_TRUE(crypto::verify(officer->key, "published", written[0].body.signed_bytes(), each.signature));
  }
  for (const auto& [kind, file] : {std::pair(DataKind::calendar, "calendar"), std::pair(DataKind::quorums, "quorums"),
                                   std::pair(DataKind::commitment_forms, "commitment")}) {
    const auto other =
        world.publish(kind, tree_text("deploy/data/" + std::string(file) + ".json"), world.both(), day("2020-01-01"));
    ASSERT_TRUE(other) << file << ": " << other.error().what.en << " " << other.error().field;
    EXPECT_EQ(world.hub->directory.facts().newest_revision(kind), 1U);
  }
}

// D18: one signature, the same officer twice, somebody who is no officer, or a key that only claims an officer's id:
// each is refused, and nothing is written.
TEST(HubPublisher, RefusesTooFewSignatories) {
  District world;
  const auto stranger = HubWorld::signatory(400);
  const auto with = [&](std::initializer_list<const hub::Signatory*> who) {
    std::vector<hub::Signatory> out;
    for (const auto* each : who) out.push_back({each->id, crypto::key_pair_from_seed(each->keys.secret.seed())});
    return out;
  };
  auto pretender = with({&world.wang, &stranger});
  pretender[1].id = world.li.id;
  const std::vector<std::pair<const char*, std::vector<hub::Signatory>>> cases = [&] {
    std::vector<std::pair<const char*, std::vector<hub::Signatory>>> out;
    out.emplace_back("nobody", with({}));
    out.emplace_back("one", with({&world.wang}));
    out.emplace_back("one twice", with({&world.wang, &world.wang}));
    out.emplace_back("a stranger", with({&world.wang, &stranger}));
    out.emplace_back("a pretender", std::move(pretender));
    return out;
  }();
  for (const auto& [name, signatories] : cases) {
    const auto refused = world.publish(DataKind::catalogue, tree_text(catalogue_7), signatories);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, FailureCode::refused) << name;
    EXPECT_EQ(refused.error().field, "officer") << name;
    EXPECT_EQ(refused.error().rule, "D18") << name;
  }
  EXPECT_TRUE(world.written<journal::DataPublished>(hub::district_journal).empty());
}

// R102: a revision that does not rise is refused: the same number again, with the same or other bytes, or a lower one.
TEST(HubPublisher, RefusesARevisionThatDoesNotRise) {
  District world;
  ASSERT_TRUE(world.publish(DataKind::catalogue, tree_text(catalogue_8), world.both()));
  for (const auto& file : {catalogue_8, catalogue_7}) {
    const auto refused = world.publish(DataKind::catalogue, tree_text(file), world.both());
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().field, "revision") << file;
    EXPECT_EQ(refused.error().rule, "R102") << file;
  }
  EXPECT_EQ(world.hub->directory.facts().newest_revision(DataKind::catalogue), 8U);
}

// What is wrong with a file is said with its place, and nothing is written.
TEST(HubPublisher, NamesThePlaceOfWhatIsWrong) {
  District world;
  const auto catalogue = tree_text(catalogue_7);
  struct Wrong {
    const char* name;
    DataKind kind;
    std::string file;
    const char* field;
  };
  const std::vector<Wrong> cases{
      {"no JSON", DataKind::catalogue, "{", ""},
      {"a field of another kind of data", DataKind::calendar,
       changed(tree_text("deploy/data/calendar.json"), "\"note\"", "\"nota\""), "note"},
      {"no revision", DataKind::quorums, changed(tree_text("deploy/data/quorums.json"), "\"revision\": 1,", ""),
       "revision"},
      {"a day that never was", DataKind::catalogue, changed(catalogue, "2026-04-01", "2026-02-30"), "effective_from"},
      {"a placeholder of no list", DataKind::commitment_forms,
       changed(tree_text("deploy/data/commitment.json"), "{organ_name}", "{organ_nome}"), "form"},
      {"another kind of file", DataKind::calendar, catalogue, ""},
  };
  for (const auto& each : cases) {
    const auto refused = world.publish(each.kind, each.file, world.both());
    ASSERT_FALSE(refused) << each.name;
    EXPECT_EQ(refused.error().code, FailureCode::bad_input) << each.name;
    EXPECT_TRUE(refused.error().field.starts_with(each.field)) << each.name << ": " << refused.error().field;
    EXPECT_FALSE(refused.error().what.zh.empty()) << each.name;
  }
  EXPECT_TRUE(world.written<journal::DataPublished>(hub::district_journal).empty());
}

// Before the root has certified any officer nothing can be published.
TEST(HubPublisher, NeedsCertifiedOfficers) {
  HubWorld world;
  const auto refused = world.publish(DataKind::catalogue, tree_text(catalogue_7), world.both());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, "D18");
}

}  // namespace
}  // namespace cunzheng::test
