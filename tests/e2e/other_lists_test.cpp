// Another district, with lists and quorums in which every id, name, limit and day differs from the shipped ones. The
// same programs serve it: nothing of the law stands in code. So this test names no item, purpose, requester or meeting
// either: it finds them in the data by what they are.

#include "tests/e2e/hub_laptop.hpp"
#include "tests/support/catalogues.hpp"
#include "tests/support/quorum_tables.hpp"

#include <fstream>

namespace cunzheng::test {
namespace {

using namespace domain::testing;
using domain::Answer;
using domain::Catalogue;
using domain::IssuableItem;
using domain::Minutes;
using domain::NegativeItem;
using domain::QuorumTable;

CivilDate real_today() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return local_date(Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()});
}

// The other table, in force since long, so that a meeting of some weeks ago falls under it on any day.
QuorumTable table_in_force(CivilDate today) {
  auto table = other_table();
  for (auto& rule : table.rules) {
    if (!rule.to) rule.from = today + -400;
  }
  return table;
}

// A kind of meeting that the table knows on that day and that may decide on this item.
const domain::MeetingRule& usable_rule(const QuorumTable& table, const domain::ItemId& item, CivilDate day) {
  return first_where(table.rules, [&](const domain::MeetingRule& rule) {
    const auto* kind = table.find(rule.kind);
    return !rule.to && kind != nullptr && kind->usable && table.may_decide(rule.kind, item) &&
           table.rule_on(rule.kind, day) == &rule;
  });
}

// Every flag either way and every further count from nobody to everybody, until the table says that this is valid.
bool make_valid(Minutes& minutes, const QuorumTable& table, std::vector<std::string> flags,
                std::vector<std::string> counts) {
  if (!flags.empty()) {
    const auto flag = flags.back();
    flags.pop_back();
    for (const bool value : {true, false}) {
      minutes.flags[flag] = value;
      if (make_valid(minutes, table, flags, counts)) return true;
    }
    return false;
  }
  if (!counts.empty()) {
    const auto count = counts.back();
    counts.pop_back();
    const auto present = minutes.counts.at("present");
    for (const auto value : {0U, present / 4, present / 2, present}) {
      minutes.counts[count] = value;
      if (make_valid(minutes, table, flags, counts)) return true;
    }
    return false;
  }
  return domain::judge_meeting(minutes, table).valid == Answer::yes;
}

// Minutes of a meeting of all, on this item, after which the notice ran for as long as the list asks.
Minutes good_minutes(const QuorumTable& table, const IssuableItem& item, CivilDate today) {
  const auto notice_days = item.deliberation->public_notice_days.value_or(1);
  Minutes minutes;
  minutes.held_on = today + (-notice_days - 10);
  const auto& rule = usable_rule(table, item.id, minutes.held_on);
  minutes.kind = rule.kind;
  minutes.mode = rule.modes.front().id;
  minutes.matter = table.matters.begin()->first;
  minutes.scope = {{item.id}, 1, std::nullopt};
  minutes.told_on = minutes.held_on + -static_cast<int>(rule.notice_days.value_or(1));
  minutes.public_notice = domain::PublicNotice{minutes.held_on + 1, minutes.held_on + notice_days, 0, 0};
  minutes.head_signed_on = minutes.held_on + notice_days + 1;
  minutes.counts = {{"entitled", 40}, {"present", 40}, {"votes_for", 40}, {"votes_against", 0}, {"votes_abstain", 0}};
  std::vector<std::string> flags;
  for (const auto& [name, label] : table.flags) flags.push_back(name);
  std::vector<std::string> counts;
  for (const auto& [name, label] : table.counts) {
    if (!minutes.counts.contains(name)) counts.push_back(name);
  }
  EXPECT_TRUE(make_valid(minutes, table, flags, counts)) << "no meeting of this table is valid";
  return minutes;
}

// The fewest for whom a meeting that is otherwise the same is no quorum: the table says where that begins.
Minutes one_too_few(Minutes minutes, const QuorumTable& table) {
  auto& counts = minutes.counts;
  for (auto present = counts.at("entitled"); present > 0; --present) {
    counts["present"] = counts["votes_for"] = present;
    for (auto& [name, count] : counts) count = std::min(count, name == "entitled" ? count : present);
    if (domain::judge_meeting(minutes, table).quorate == Answer::no) return minutes;
  }
  ADD_FAILURE() << "any number is a quorum in this table";
  return minutes;
}

class OtherLists : public ::testing::Test {
 protected:
  OtherLists() : district_(folder_.path()), today_(real_today()), table_(table_in_force(today_)) {
    catalogue_ = renamed();
    catalogue_.effective_from = today_ + -180;
    // The two files were made apart from each other: meetings of this list are those of the other table.
    for (auto& item : catalogue_.issuable) {
      if (item.deliberation) item.deliberation->meeting_kinds = {usable_rule(table_, item.id, today_).kind};
    }
    calendar_ = domain::calendar_from_json(tree_text("deploy/data/calendar.json")).value();
    for (const auto year : {today_.year(), today_.year() + 1}) add_year(year);

    district_.serve();
    publish("calendar", codec::to_json(calendar_), true);
    publish("quorums", codec::to_json(table_), true);
    EXPECT_EQ(number_at(publish("catalogue", codec::to_json(catalogue_), false), "revision"), catalogue_.revision);
    district_.add_villages();
  }

  json::object publish(const std::string& kind, const json::value& content, bool says_no_day) {
    const auto file = folder_.path() / (kind + ".json");
    std::ofstream(file) << json::serialize(content);
    Process::Arguments command{kind, "publish", "--file", file.string()};
    if (says_no_day) command.insert(command.end(), {"--effective-from", (today_ + -365).text()});
    for (const auto& word : district_.signed_by_both()) command.push_back(word);
    return district_.hub().ask(std::move(command));
  }

  // Working days of a year that the shipped notice does not reach yet.
  void add_year(int year) {
    const auto known = [&](const domain::CalendarYear& each) { return each.year == year; };
    std::erase_if(calendar_.years,
                  [&](const auto& each) { return known(each) && each.status != domain::YearStatus::complete; });
    if (std::any_of(calendar_.years.begin(), calendar_.years.end(), known)) return;
    domain::CalendarYear free;
    free.year = year;
    free.status = domain::YearStatus::complete;
    calendar_.years.push_back(free);
  }

  static json::object sheet(const domain::Application& application) {
    json::object facts;
    for (const auto& [key, value] : application.facts) facts[key] = value;
    json::object out{{"purpose", application.purpose.value()},
                     {"requester_kind", application.requester_kind.value()},
                     {"requesting_unit", application.requesting_unit},
                     {"applicant", person(yi)},
                     {"facts", std::move(facts)},
                     {"verification_methods", json::array{"入户走访"}},
                     {"verification_text", "两名委员到现场看过"},
                     {"risk_assessment", "无争议"},
                     {"committee_decision", "村委会会议同意"}};
    out["item"] = application.item.value();
    return out;
  }

  Told deliberate(const TrialLaptop& laptop, const Minutes& minutes) const {
    const json::object record{{"topic", "一件事"},
                              {"place", "村委会"},
                              {"views", "同意"},
                              {"minutes_taker", "演示寅"},
                              {"objections_text", ""}};
    return laptop.tell({"deliberate", "--input", "-", "--handler", "测试壬", "--head", "演示子",
                        "--head-passphrase-file", (folder_.path() / "secrets" / "演示子").string()},
                       json::serialize(json::object{{"minutes", codec::to_json(minutes)}, {"record", record}}));
  }

  Told by_handler(const TrialLaptop& laptop, const char* command, const json::object& input) const {
    return laptop.tell({command, "--input", "-", "--handler", "测试壬"}, json::serialize(input));
  }

  TempFolder folder_;
  TrialDistrict district_;
  CivilDate today_;
  QuorumTable table_;
  Catalogue catalogue_;
  domain::CalendarData calendar_;
};

// A day at the window of that district: on the spot, refused with its right way, on good minutes, not on bad ones; and
// an item withdrawn by the next revision while the laptop was away, whose certificate is accepted with a finding.
TEST_F(OtherLists, ServeADayAtTheWindow) {
  auto laptop = district_.enrol("A", "v1");
  district_.staff(laptop);
  const auto is_open = [&](const IssuableItem& item) {
    return state_on(item, today_) == domain::ItemState::issuable && !item.replaced_by_commitment_from;
  };
  const auto& simple = first_where(catalogue_.issuable, [&](const IssuableItem& item) {
    return is_open(item) && item.procedure == domain::Procedure::on_the_spot && !item.deliberation;
  });
  const auto& consulted = first_where(catalogue_.issuable, [&](const IssuableItem& item) {
    return is_open(item) && item.deliberation && item.deliberation->when_field.empty() &&
           item.deliberation->public_notice_days;
  });
  const auto& never_issued = first_where(catalogue_.negative, [](const NegativeItem& item) {
    return item.fallback == domain::Fallback::never && item.specific_items.empty();
  });

  const auto issued = laptop.issue(sheet(application_for(simple)));
  ASSERT_EQ(answer_of(issued), "issued") << json::serialize(issued.error) << json::serialize(issued.data);
  EXPECT_EQ(number_at(issued.data, "catalogue_revision"), catalogue_.revision);

  const auto refused = by_handler(laptop, "refuse", sheet(application_for(never_issued, catalogue_)));
  ASSERT_EQ(answer_of(refused), "refused") << json::serialize(refused.error);
  EXPECT_EQ(text_at(refused.data, "reason"), "not_issuable");
  EXPECT_EQ(text_at(refused.data.at("right_way").get_object(), "zh"), never_issued.right_way.zh);

  const auto minutes = good_minutes(table_, consulted, today_);
  const auto good = deliberate(laptop, minutes);
  ASSERT_EQ(text_at(good.data, "valid"), "yes") << json::serialize(good.error) << json::serialize(good.data);
  const auto bad = deliberate(laptop, one_too_few(minutes, table_));
  ASSERT_EQ(text_at(bad.data, "valid"), "no") << json::serialize(bad.error) << json::serialize(bad.data);
  auto application = sheet(application_for(consulted));
  const auto without = laptop.issue(application);
  EXPECT_EQ(text_at(without.data, "reason"), "deliberation_missing") << json::serialize(without.error);
  application["deliberation"] = text_at(bad.data, "code");
  const auto on_bad = by_handler(laptop, "refuse", application);
  EXPECT_EQ(text_at(on_bad.data, "reason"), "deliberation_not_passed") << json::serialize(on_bad.error);
  application["deliberation"] = text_at(good.data, "code");
  const auto on_good = laptop.issue(application);
  ASSERT_EQ(answer_of(on_good), "issued") << json::serialize(on_good.error) << json::serialize(on_good.data);

  // The next revision withdraws the simple item; the laptop does not know and issues once more.
  auto next = catalogue_;
  next.revision += 3;
  next.effective_from = today_ + -1;
  for (auto& item : next.issuable) {
    if (item.id != simple.id) continue;
    item.in_force_to = today_ + -2;
    item.right_way = {"请向活动组织方核实。", "Ask the organiser."};
  }
  // One item has no statute behind it: published, and the command says so (R9).
  for (auto& line : next.issuable.back().legal_basis) line.is_statute = false;
  const auto published = publish("catalogue", codec::to_json(next), false);
  const auto place = "issuable[" + std::to_string(next.issuable.size() - 1) + "].legal_basis";
  const auto& warnings = published.at("warnings").get_array();
  const bool is_warned = std::any_of(warnings.begin(), warnings.end(), [&](const json::value& warning) {
    return text_at(warning.get_object(), "place") == place && text_at(warning.get_object(), "rule") == "R9";
  });
  EXPECT_TRUE(is_warned) << json::serialize(published);
  auto again = sheet(application_for(simple));
  again["applicant"] = person(bing);
  const auto late = laptop.issue(again);
  ASSERT_EQ(answer_of(late), "issued") << json::serialize(late.error) << json::serialize(late.data);
  laptop.sync();

  EXPECT_EQ(district_.rows("certificate").size(), 3U);
  EXPECT_EQ(district_.rows("refusal").size(), 2U);
  EXPECT_EQ(district_.rows("deliberation").size(), 2U);
  const auto findings = district_.findings();
  // The first was issued on the same day, so it is as late as the other.
  EXPECT_EQ(count_rule(findings, "superseded_revision"), 2U) << json::serialize(findings);
  bool is_found = false;
  for (const auto& each : findings) is_found |= text_at(each.get_object(), "subject") == text_at(late.data, "subject");
  EXPECT_TRUE(is_found) << json::serialize(findings);
  EXPECT_EQ(revision_of(laptop), next.revision);
  const auto now = laptop.ask({"decide", "--input", "-"}, json::serialize(again));
  EXPECT_EQ(text_at(now, "reason"), "withdrawn") << json::serialize(now);
}

}  // namespace
}  // namespace cunzheng::test
