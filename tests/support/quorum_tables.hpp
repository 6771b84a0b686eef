#pragma once
// Quorum tables and minutes for tests: the shipped table, and one of a district that shares no kind of meeting,
// fraction or flag with it. A rule tested on both cannot have a number in its code.

#include "shared/domain/deliberation.hpp"
#include "tests/support/catalogues.hpp"

#include <algorithm>
#include <sstream>
#include <string>

namespace cunzheng::domain::testing {

inline QuorumTable load_table(const char* path) {
  auto table = quorum_table_from_json(test::tree_text(path));
  if (!table) ADD_FAILURE() << path << ": " << words(table.error());
  return table.value_or(QuorumTable{});
}
inline const QuorumTable& shipped_table() {
  static const auto table = load_table("deploy/data/quorums.json");
  return table;
}
inline const QuorumTable& other_table() {
  static const auto table = load_table("tests/data/quorums-other.json");
  return table;
}

// Minutes from words: "2026-04-02 representatives_meeting members", "entitled=32 present=24 +recorded_yes
// -recorded_no".
inline Minutes minutes_of(const std::string& meeting, const std::string& figures) {
  Minutes minutes;
  std::string held_on;
  std::istringstream(meeting) >> held_on >> minutes.kind.value() >> minutes.mode;
  minutes.held_on = day(held_on.c_str());
  minutes.matter = "other";
  std::istringstream words_of_figures(figures);
  for (std::string word; words_of_figures >> word;) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      minutes.flags[word.substr(1)] = word[0] == '+';
    } else {
      minutes.counts[word.substr(0, equals)] = static_cast<std::uint32_t>(std::stoul(word.substr(equals + 1)));
    }
  }
  return minutes;
}

// A homestead meeting as it should be: told, met, seven days of notice, head signed.
inline Minutes homestead_minutes() {
  auto minutes = minutes_of("2026-04-02 representatives_meeting members",
                            "entitled=32 present=24 votes_for=19 votes_against=3 votes_abstain=2 "
                            "body_representatives=27 body_women_representatives=11 households=270 "
                            "+party_organisation_discussed +empowered_by_villagers_meeting");
  minutes.matter = "homestead";
  minutes.scope = {{ItemId("homestead-opinion")}, 3, day("2026-12-31")};
  minutes.told_on = day("2026-03-20");
  minutes.households_affected = 3;
  minutes.convener = officer(1);
  minutes.public_notice = PublicNotice{day("2026-04-03"), day("2026-04-09"), 0, 0};
  minutes.head_signed_on = day("2026-04-10");
  return minutes;
}

inline const ResultLine* find_line(const MeetingResult& result, const std::string& id) {
  const auto found =
      std::find_if(result.lines.begin(), result.lines.end(), [&](const ResultLine& line) { return line.id == id; });
  return found == result.lines.end() ? nullptr : &*found;
}

}  // namespace cunzheng::domain::testing
