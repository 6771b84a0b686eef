#include "shared/registers/facts.hpp"
#include "tests/support/catalogues.hpp"
#include "tests/support/hub_world.hpp"

#include <algorithm>
#include <functional>

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

// R9, R19: what a catalogue may not be is refused at the hub with its place; what is only doubtful is published, and
// the report points it out. In both districts' lists, whatever the items are called.
TEST(HubPublisher, CataloguesAreCheckedBeforeTheyBind) {
  using domain::Catalogue;
  const auto no_statute = [](Catalogue& c) {
    for (auto& line : c.issuable[2].legal_basis) line.is_statute = false;
  };
  struct Row {
    const char* rule;
    const char* place;  // of the refusal
    std::function<void(Catalogue&)> change;
  };
  const std::vector<Row> rows{
      {"R19", "negative[0].id", [](Catalogue& c) { c.negative[0].id = c.issuable[2].id; }},
      {"R19", "negative[1].name.zh", [](Catalogue& c) { c.negative[1].name.zh = c.issuable[0].name.zh; }},
      {"R9", "issuable[2].legal_basis", [](Catalogue& c) { c.issuable[2].legal_basis.clear(); }},
  };
  for (const auto* catalogue : domain::testing::both()) {
    District world;
    const auto publish = [&](const std::function<void(Catalogue&)>& change) {
      auto changed = *catalogue;
      change(changed);
      return world.publish(DataKind::catalogue, codec::json::serialize(codec::to_json(changed)), world.both());
    };
    for (const auto& row : rows) {
      const auto refused = publish(row.change);
      ASSERT_FALSE(refused) << row.place;
      EXPECT_EQ(refused.error().code, FailureCode::bad_input) << row.place;
      EXPECT_EQ(refused.error().field, row.place);
      EXPECT_EQ(refused.error().rule, row.rule) << row.place;
    }
    EXPECT_TRUE(world.written<journal::DataPublished>(hub::district_journal).empty());

    const auto report = publish(no_statute);
    ASSERT_TRUE(report) << report.error().what.en << " " << report.error().field;
    const auto& warnings = report->warnings;
    const bool is_told = std::any_of(warnings.begin(), warnings.end(), [](const auto& warning) {
      return warning.place == "issuable[2].legal_basis" && warning.rule == "R9" && !warning.what.zh.empty();
    });
    EXPECT_TRUE(is_told);
    EXPECT_EQ(world.hub->directory.facts().newest_revision(DataKind::catalogue), catalogue->revision);
  }
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
