#include "shared/codec/json.hpp"
#include "shared/domain/quorums.hpp"
#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cunzheng::domain {
namespace {

using namespace testing;

// All three files are fit to be published, the trial after the shipped one; and one value has one form each in bytes
// and JSON.
TEST(Catalogue, FilesAreSoundAndHaveOneForm) {
  for (const auto* catalogue : {&shipped(), &trial(), &renamed()}) {
    const auto report = check(*catalogue, catalogue == &trial() ? &shipped() : nullptr);
    ASSERT_TRUE(report) << words(report.error());
    const auto bytes = codec::encode(*catalogue);
    const auto decoded = codec::decode<Catalogue>(bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, *catalogue);
    const auto again = codec::from_json<Catalogue>(codec::to_json(*catalogue));
    ASSERT_TRUE(again) << words(again.error());
    EXPECT_EQ(codec::encode(*again), bytes);
  }
}

// The trial is marked as such in the report; the shipped list is not.
TEST(Catalogue, TrialIsMarked) {
  EXPECT_TRUE(trial().synthetic_for_tests);
  EXPECT_FALSE(shipped().synthetic_for_tests);
}

// R27, R34: the shipped lists name only meetings the shipped quorum table has, and only such as may decide the item.
TEST(Catalogue, MeetingsAreThoseOfTheQuorumTable) {
  const auto table = quorum_table_from_json(test::tree_text("deploy/data/quorums.json"));
  ASSERT_TRUE(table) << words(table.error());
  for (const auto* catalogue : {&shipped(), &trial()}) {
    for (const auto& item : catalogue->issuable) {
      if (!item.deliberation) continue;
      for (const auto& kind : item.deliberation->meeting_kinds) {
        EXPECT_NE(table->find(kind), nullptr) << item.id.value() << " " << kind.value();
        EXPECT_NE(table->rule_on(kind, catalogue->effective_from), nullptr) << item.id.value() << " " << kind.value();
        EXPECT_TRUE(table->may_decide(kind, item.id)) << item.id.value() << " " << kind.value();
      }
    }
  }
}

struct BadRow {
  const char* rule;
  const char* place;
  std::function<void(Catalogue&)> spoil;
};

// Each row spoils a good catalogue in one place; check() must name that place and the rule.
TEST(Catalogue, CheckNamesPlaceAndRule) {
  const std::string long_name(401, 'x');
  const std::vector<BadRow> rows{
      {"R102", "revision", [](Catalogue& c) { c.revision = 0; }},
      {"", "jurisdiction", [](Catalogue& c) { c.jurisdiction = "12010"; }},
      {"", "title", [](Catalogue& c) { c.title = " "; }},
      {"R21", "complaint", [](Catalogue& c) { c.complaint.en.clear(); }},
      {"R22", "unlisted_right_way", [](Catalogue& c) { c.unlisted_right_way.zh.clear(); }},
      {"R103", "parameters.stale_days_fallback",
       [](Catalogue& c) { c.parameters.erase(parameter::stale_days_fallback); }},
      {"R103", "parameters.default_validity_days",
       [](Catalogue& c) { c.parameters[parameter::default_validity_days] = 0; }},
      {"R19", "negative[0].id", [](Catalogue& c) { c.negative[0].id = c.issuable[2].id; }},
      {"R19", "negative[1].name.zh", [](Catalogue& c) { c.negative[1].name.zh = c.issuable[0].name.zh; }},
      {"R19", "issuable[1].id", [](Catalogue& c) { c.issuable[1].id = c.issuable[0].id; }},
      {"R19", "routed[0].id", [](Catalogue& c) { c.routed[0].id = c.negative[3].id; }},
      {"", "issuable[0].id", [](Catalogue& c) { c.issuable[0].id = ItemId("Residence"); }},
      {"", "issuable[4].name.zh", [](Catalogue& c) { c.issuable[4].name.zh = "　 "; }},
      {"", "issuable[4].name.en", [&](Catalogue& c) { c.issuable[4].name.en = long_name; }},
      {"", "negative[2].name.zh", [](Catalogue& c) { c.negative[2].name.zh += "\n"; }},
      {"", "issuable[2].guide.steps[1]", [](Catalogue& c) { c.issuable[2].guide.steps[1] = "a\x1b[2Jb"; }},
      {"", "title", [](Catalogue& c) { c.title.assign(2001, 'x'); }},
      {"", "sources", [](Catalogue& c) { c.sources.resize(501); }},
      {"R9", "issuable[3].legal_basis", [](Catalogue& c) { c.issuable[3].legal_basis.clear(); }},
      {"R9", "issuable[3].legal_basis[0].law", [](Catalogue& c) { c.issuable[3].legal_basis[0].law.clear(); }},
      {"R9", "issuable[3].purposes", [](Catalogue& c) { c.issuable[3].purposes.clear(); }},
      {"R17", "issuable[3].purposes[0]", [](Catalogue& c) { c.issuable[3].purposes[0] = PurposeCode("nowhere"); }},
      {"R17", "issuable[0].requester_kinds[1]",
       [](Catalogue& c) { c.issuable[0].requester_kinds[1] = RequesterKind("nobody"); }},
      {"", "issuable[0].requester_kinds[1]",
       [](Catalogue& c) { c.issuable[0].requester_kinds[1] = c.issuable[0].requester_kinds[0]; }},
      {"R44", "requester_kinds[2].requester_class",
       [](Catalogue& c) { c.requester_kinds[2].requester_class = "none"; }},
      {"R54", "issuable[5].time_limit_working_days", [](Catalogue& c) { c.issuable[5].time_limit_working_days = 0; }},
      {"R54", "issuable[5].time_limit_working_days", [](Catalogue& c) { c.issuable[5].time_limit_working_days = -1; }},
      {"R110", "issuable[5].validity_days", [](Catalogue& c) { c.issuable[5].validity_days = 0; }},
      {"", "issuable[0].title", [](Catalogue& c) { c.issuable[0].title.clear(); }},
      {"R99", "issuable[0].legal_basis[0].to",
       [](Catalogue& c) {
         c.issuable[0].legal_basis[0].from = day("2026-01-02");
         c.issuable[0].legal_basis[0].to = day("2026-01-01");
       }},
      {"R99", "issuable[0].in_force_to",
       [](Catalogue& c) {
         c.issuable[0].in_force_from = day("2026-01-02");
         c.issuable[0].in_force_to = day("2026-01-01");
       }},
      {"R69", "issuable[0].in_force_to",
       [](Catalogue& c) {
         c.issuable[0].replaced_by_commitment_from = day("2026-01-02");
         c.issuable[0].in_force_to = day("2026-01-01");
       }},
      {"R70", "issuable[0].commitment_organ",
       [](Catalogue& c) { c.issuable[0].commitment_organ = RequesterKind("nobody"); }},
      {"", "issuable[0].marks.sources[0]", [](Catalogue& c) { c.issuable[0].marks.sources = {"XYZ"}; }},
      {"", "issuable[0].fields[1].key",
       [](Catalogue& c) { c.issuable[0].fields[1].key = c.issuable[0].fields[0].key; }},
      {"", "issuable[0].fields[2].values", [](Catalogue& c) { c.issuable[0].fields[2].values.clear(); }},
      {"", "issuable[0].fields[2].values[0]", [](Catalogue& c) { c.issuable[0].fields[2].values[0] = "自有、租住"; }},
      {"R127", "issuable[0].fields[0].part", [](Catalogue& c) { c.issuable[0].fields[0].part = FieldPart::body; }},
      {"R21", "negative[5].right_way", [](Catalogue& c) { c.negative[5].right_way.en.clear(); }},
      {"R21", "negative[5].holders", [](Catalogue& c) { c.negative[5].holders.clear(); }},
      {"R45", "negative[1].fallback_needs",
       [](Catalogue& c) {
         c.negative[1].fallback = Fallback::never;
         c.negative[1].fallback_needs = {FallbackNeed::verify_in_person};
       }},
      {"R17", "negative[0].specific_items[0]",
       [](Catalogue& c) { c.negative[0].specific_items = {ItemId("no-such")}; }},
      {"R24", "routed[0].right_way", [](Catalogue& c) { c.routed[0].right_way.zh.clear(); }},
      {"R21", "unlisted_hints[0].holders", [](Catalogue& c) { c.unlisted_hints[0].holders.clear(); }},
  };
  for (const auto* good : both()) {
    for (const auto& row : rows) {
      auto catalogue = *good;
      row.spoil(catalogue);
      const auto report = check(catalogue, nullptr);
      ASSERT_FALSE(report) << row.place << " passed in " << good->title;
      EXPECT_EQ(report.error().code, FailureCode::bad_input);
      EXPECT_EQ(report.error().field, row.place) << words(report.error());
      EXPECT_EQ(report.error().rule, row.rule) << words(report.error());
      EXPECT_FALSE(report.error().what.zh.empty());
      EXPECT_FALSE(report.error().what.en.empty());
    }
  }
}

// The consultation rules of an item must be usable: each row breaks those of the first item that has any.
TEST(Catalogue, CheckReadsDeliberationRules) {
  for (const auto* good : both()) {
    for (int row = 0; row < 5; ++row) {
      auto catalogue = *good;
      std::size_t at = 0;
      while (!catalogue.issuable[at].deliberation) ++at;
      auto& item = catalogue.issuable[at];
      auto& rule = *item.deliberation;
      std::string place = "issuable[" + std::to_string(at) + "].deliberation";
      if (row == 0) rule.meeting_kinds.clear(), place += ".meeting_kinds";
      if (row == 1) rule.public_notice_days = 0, place += ".public_notice_days";
      if (row == 2) rule.when_values = {"x"}, place += ".when_values";
      if (row == 3) rule.when_field = item.fields[0].key, rule.when_values = {"x"}, place += ".when_field";
      if (row == 4) {  // an optional choice could be left blank to get round the meeting
        item.fields.push_back({"choice", {"选择", "Choice"}, FieldType::one_of, false, FieldPart::private_part, {"a"}});
        rule.when_field = "choice";
        rule.when_values = {"a"};
        place += ".when_field";
      }
      const auto report = check(catalogue, nullptr);
      ASSERT_FALSE(report) << place;
      EXPECT_EQ(report.error().field, place);
    }
  }
}

// R102: a revision follows the one before in number, day and district.
TEST(Catalogue, RevisionsFollowOneAnother) {
  auto next = shipped();
  next.revision = 8;
  EXPECT_TRUE(check(next, &shipped()));
  next.revision = 7;
  EXPECT_EQ(check(next, &shipped()).error().field, "revision");
  next.revision = 8;
  next.effective_from = day("2026-03-31");
  EXPECT_EQ(check(next, &shipped()).error().field, "effective_from");
  next.effective_from = day("2026-04-01");
  next.jurisdiction = "120198";
  EXPECT_EQ(check(next, &shipped()).error().field, "jurisdiction");
}

bool warns(const Catalogue& catalogue, const Catalogue* previous, const std::string& place, const std::string& rule) {
  const auto report = check(catalogue, previous);
  if (!report) {
    ADD_FAILURE() << words(report.error());
    return false;
  }
  for (const auto& warning : report->warnings) {
    if (warning.place == place && warning.rule == rule && !warning.what.zh.empty()) return true;
  }
  return false;
}

// What is doubtful but allowed is pointed out: each line makes one doubt that was not there before.
TEST(Catalogue, CheckWarnsOfDoubts) {
  for (const auto* good : both()) {
    auto catalogue = *good;
    const auto doubt = [&](const std::string& place, const std::string& rule, const auto& make) {
      catalogue = *good;
      EXPECT_FALSE(warns(catalogue, nullptr, place, rule)) << place;
      make(catalogue);
      EXPECT_TRUE(warns(catalogue, nullptr, place, rule)) << place;
    };
    doubt("issuable[3].legal_basis", "R9", [](Catalogue& c) {
      for (auto& line : c.issuable[3].legal_basis) line.is_statute = false;
    });
    doubt("issuable[3].legal_basis[1]", "R101",
          [](Catalogue& c) { c.issuable[3].legal_basis[1].article = "条号待核"; });
    doubt("issuable[3].legal_basis", "R99", [](Catalogue& c) {
      for (auto& line : c.issuable[3].legal_basis) line.to = day("2020-01-01");
    });
    doubt("issuable[3].right_way", "R22", [](Catalogue& c) { c.issuable[3].in_force_to = day("2027-01-01"); });
    auto dropped = *good;
    dropped.revision += 1;
    EXPECT_FALSE(warns(dropped, good, "issuable", "R99"));
    dropped.issuable.erase(dropped.issuable.begin() + 1);
    EXPECT_TRUE(warns(dropped, good, "issuable", "R99"));
  }
}

// A file that is not a catalogue says where; one that is far too large says so without being parsed.
TEST(Catalogue, JsonSaysWhatIsWrong) {
  auto json = codec::to_json(shipped());
  json.as_object()["issuable"].as_array()[2].as_object()["time_limit_working_days"] = "three";
  auto read = catalogue_from_json(codec::json::serialize(json));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().field, "issuable[2].time_limit_working_days");

  json = codec::to_json(shipped());
  json.as_object()["issuable"].as_array()[2].as_object()["free"] = true;
  read = catalogue_from_json(codec::json::serialize(json));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().field, "issuable[2].free");

  json = codec::to_json(shipped());
  json.as_object()["negative"].as_array()[1].as_object().erase("right_way");
  read = catalogue_from_json(codec::json::serialize(json));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().field, "negative[1].right_way");

  EXPECT_FALSE(catalogue_from_json(""));
  EXPECT_FALSE(catalogue_from_json("{"));
  const std::string huge(100U << 20, ' ');
  read = catalogue_from_json(huge);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.zh.find(std::to_string(catalogue_bytes_max)), std::string::npos);
}

struct StateRow {
  const char* scenario;
  const Catalogue& catalogue;
  const char* day;
  const char* item;
  ItemState expected;
};

// The dated states of the shipped lists and of the trial.
TEST(Catalogue, StatesOnADay) {
  const std::vector<StateRow> rows{
      {"S25 what a laptop without revision 8 believes", shipped(), "2026-07-20", "community-participation",
       ItemState::issuable},
      {"S25 what was in force", trial(), "2026-07-20", "community-participation", ItemState::withdrawn},
      {"S27 first day", trial(), "2026-07-01", "community-participation", ItemState::withdrawn},
      {"S27 last day", trial(), "2026-06-30", "community-participation", ItemState::issuable},
      {"S26 last day", shipped(), "2021-12-31", "legal-aid-hardship", ItemState::issuable},
      {"S26 first day", shipped(), "2022-01-01", "legal-aid-hardship", ItemState::replaced_by_commitment},
      {"dated inside a revision", shipped(), "2022-02-28", "coop-member-identity", ItemState::issuable},
      {"dated inside a revision", shipped(), "2022-03-01", "coop-member-identity", ItemState::withdrawn},
      {"added later", shipped(), "2020-12-23", "unattended-child-confirmation", ItemState::not_yet},
      {"added later", shipped(), "2020-12-24", "unattended-child-confirmation", ItemState::issuable},
      {"S29 stays issuable", shipped(), "2026-05-11", "homestead-opinion", ItemState::issuable},
      {"R40", shipped(), "2026-05-11", "n5-no-crime", ItemState::not_issuable},
      {"R24", shipped(), "2026-05-11", "party-matters", ItemState::routed},
      {"R19", shipped(), "2026-05-11", "", ItemState::unlisted},
      {"R19", shipped(), "2026-05-11", "no-such-item", ItemState::unlisted},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(state_on(row.catalogue, ItemId(row.item), day(row.day)), row.expected)
        << row.scenario << " " << row.item << " " << row.day;
  }
}

// R41: a negative item of a later batch is in no list before its day.
TEST(Catalogue, NegativeItemsHaveDaysToo) {
  auto catalogue = shipped();
  catalogue.negative[0].in_force_from = day("2026-06-01");
  catalogue.negative[0].in_force_to = day("2026-06-30");
  const auto& id = catalogue.negative[0].id;
  EXPECT_EQ(state_on(catalogue, id, day("2026-05-31")), ItemState::unlisted);
  EXPECT_EQ(state_on(catalogue, id, day("2026-06-01")), ItemState::not_issuable);
  EXPECT_EQ(state_on(catalogue, id, day("2026-06-30")), ItemState::not_issuable);
  EXPECT_EQ(state_on(catalogue, id, day("2026-07-01")), ItemState::unlisted);
}

// S27, R99: a revision at hand is not applied before its day; of those in force the greatest counts, whatever the
// order.
TEST(Catalogue, GreatestRevisionInForce) {
  const std::vector<const Catalogue*> revisions{&trial(), &shipped()};
  EXPECT_EQ(catalogue_in_force(revisions, day("2026-03-31")), nullptr);
  EXPECT_EQ(catalogue_in_force(revisions, day("2026-04-01")), &shipped());
  EXPECT_EQ(catalogue_in_force(revisions, day("2026-06-30")), &shipped());
  EXPECT_EQ(catalogue_in_force(revisions, day("2026-07-01")), &trial());
  EXPECT_EQ(catalogue_in_force({}, day("2026-07-01")), nullptr);
}

// S29, R99: which lines of a basis hold is a matter of the day.
TEST(Catalogue, BasisOnADay) {
  std::vector<Citation> basis(3);
  basis[0].law = "旧法", basis[0].to = day("2025-12-31");
  basis[1].law = "一直有效";
  basis[2].law = "新法", basis[2].from = day("2026-01-01");
  const auto names = [&](const char* on) {
    std::string out;
    for (const auto& line : basis_on(basis, day(on))) out += line.law + " ";
    return out;
  };
  EXPECT_EQ(names("2025-12-31"), "旧法 一直有效 ");
  EXPECT_EQ(names("2026-01-01"), "一直有效 新法 ");
}

// R110: the item's own validity, else the parameter; an item without one does not expire.
TEST(Catalogue, ValidUntil) {
  for (const auto* catalogue : both()) {
    const auto& dated =
        first_where(catalogue->issuable, [](const auto& item) { return item.validity_days.has_value(); });
    const auto& open = first_where(catalogue->issuable, [](const auto& item) { return !item.validity_days; });
    const auto issued = day("2026-05-11");
    EXPECT_EQ(valid_until(*catalogue, &dated, issued), issued + *dated.validity_days);
    EXPECT_EQ(valid_until(*catalogue, &open, issued), std::nullopt);
    EXPECT_EQ(valid_until(*catalogue, nullptr, issued),
              issued + parameter_of(*catalogue, parameter::default_validity_days));
  }
}

struct SearchRow {
  const char* words;
  const char* first;  // id that must come first; "": nothing is found
  const char* also;   // another that must be found
};

// R17: words point to items of every zone; the clerk sees them all.
TEST(Catalogue, SearchFindsEveryZone) {
  const std::vector<SearchRow> rows{
      {"居住证明", "residence-in-community", "residence-in-community"},
      {" 居住 ", "residence-in-community", "residence-in-community"},
      {"亲属关系证明", "kinship-for-notary", "n1-kinship"},
      {"n1-kinship", "n1-kinship", "n1-kinship"},
      {"N1-KINSHIP", "n1-kinship", "n1-kinship"},
      {"jzzm", "residence-in-community", "residence-in-community"},
      {"无犯罪", "n5-no-crime", "n5-no-crime"},
      {"党员证明", "party-matters", "party-matters"},
      {"kinship", "n1-kinship", "kinship-for-notary"},
      {"空气质量", "", ""},
      {"   ", "", ""},
      {"\xff\xfe", "", ""},
  };
  for (const auto& row : rows) {
    const auto found = search(shipped(), row.words, day("2026-05-11"));
    if (*row.first == 0) {
      EXPECT_TRUE(found.empty()) << row.words;
      continue;
    }
    ASSERT_FALSE(found.empty()) << row.words;
    EXPECT_EQ(found.front().id.value(), row.first) << row.words;
    const bool also =
        std::any_of(found.begin(), found.end(), [&](const auto& each) { return each.id.value() == row.also; });
    EXPECT_TRUE(also) << row.words;
  }
  const auto hint = search(shipped(), "房屋无人居住", day("2026-05-11"));
  ASSERT_EQ(hint.size(), 1U);
  EXPECT_EQ(hint[0].id, ItemId());
  EXPECT_EQ(hint[0].state, ItemState::unlisted);
}

}  // namespace
}  // namespace cunzheng::domain
