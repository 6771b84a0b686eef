// What another village may and may not learn: nothing that people wrote, wherever they wrote it; and that a person is
// excluded from commitments, without a name and without the hub at hand.

#include "tests/e2e/hub_laptop.hpp"
#include "tests/support/memory_laptop.hpp"
#include "tests/support/source_tree.hpp"

#include <signal.h>

namespace cunzheng::test {
namespace {

class Neighbours : public HubLaptop {
 protected:
  static std::string day(int from_today) {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const Instant now{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
    return (local_date(now) + from_today).text();
  }

  // A command of village 1's handler; its answer must be this one.
  void record(const TrialLaptop& laptop, Process::Arguments command, const json::object& input,
              std::string_view answer) const {
    command.insert(command.end(), {"--input", "-", "--handler", "测试壬"});
    const auto told = laptop.tell(std::move(command), json::serialize(input));
    ASSERT_EQ(answer_of(told), answer) << json::serialize(told.error);
  }

  // Everything in the store of a laptop as its owner can read it: all journals with their private parts.
  static std::string everything_readable_at(const TrialLaptop& laptop) {
    std::string out;
    const auto journals = laptop.ask({"inspect"}).at("journals").get_array();
    for (const auto& journal : journals) {
      out += json::serialize(laptop.ask({"inspect", text_at(journal.get_object(), "journal"), "--private"}));
    }
    return out;
  }

  // All frames that a new laptop of this village exchanges with the hub, unpacked.
  std::string frames_of(const std::string& body) const {
    std::string frames;
    link::Loop loop;
    MemoryLaptop tapped(loop, district_.address(), district_.new_code(body),
                        [&](const link::TappedFrame& tap) { frames += text_of(tap.frame); });
    tapped.connect();
    loop.run_until([&] { return tapped.is_in_step(); }, loop.now() + 30'000);
    EXPECT_TRUE(tapped.is_in_step());
    return frames;
  }

  // The only commitment of village 1 was false: two officers enter the decision.
  void exclude_who_committed() const {
    const auto commitments = district_.rows("commitment", "v1");
    ASSERT_EQ(commitments.size(), 1U);
    Process::Arguments decide{"credit",           "decide",
                              "--commitment",     text_at(commitments[0].get_object(), "subject"),
                              "--decision-no",    "示民信决〔2026〕9号",
                              "--decided-on",     day(0),
                              "--deciding-organ", "示范区民政局",
                              "--heard-on",       day(0),
                              "--served-on",      day(0),
                              "--consequences",   "stop",
                              "--evidence",       (source_root() / "README.md").string()};
    for (const auto& word : district_.signed_by_both()) decide.push_back(word);
    ASSERT_EQ(number_at(district_.hub().ask(std::move(decide)), "excluded"), 1);
  }
};

// Names, addresses and telephones that village 1 writes into minutes, questions, reasons of spoiled papers and sheets
// of applicants reach no laptop of village 2, neither in what it holds nor in any frame. The same search finds each of
// them at village 1.
TEST_F(Neighbours, NothingThatPeopleWroteTravels) {
  const auto a = ready_laptop("A", "v1");
  const auto c = ready_laptop("C", "v2");
  district_.hub().ask({"body", "change", "--body", "v1", "--full-name", "天津市示范区示范镇示范甲村村民委员会",
                       "--short-name", "示范甲村", "--code12", "120199101201", "--credit-code", "54120199TX000001XX",
                       "--phone", "022-00000001"});
  a.sync();
  auto application = residence(jia);
  application["applicant"].get_object()["phone"] = "13900001234";
  application["applicant"].get_object()["address"] = "示范甲村9排7号";
  application["facts"].get_object()["address"] = "村西头77号";
  application["verification_text"] = "邻居演示酉证实";
  const auto issued = a.issue(application);
  ASSERT_EQ(answer_of(issued), "issued") << json::serialize(issued.error);
  const auto spoiled = a.tell({"spoil", text_at(issued.data, "number"), "--handler", "测试壬", "--kind",
                               "filled_in_wrongly", "--reason", "写成演示亥了"});
  ASSERT_EQ(answer_of(spoiled), "spoiled") << json::serialize(spoiled.error);
  record(a, {"inquire"}, {{"question", "演示戌问：要带什么材料"}, {"answer", "打13900005678问演示申"}}, "recorded");
  const json::object counts{
      {"entitled", 32}, {"present", 24}, {"votes_for", 19}, {"votes_against", 1}, {"votes_abstain", 4}};
  const json::object minutes{{"kind", "representatives_meeting"},
                             {"mode", "members"},
                             {"matter", "homestead"},
                             {"held_on", day(-21)},
                             {"counts", counts},
                             {"flags", json::object{}},
                             {"scope", json::object{{"items", json::array{"homestead-opinion"}}, {"uses_max", 1}}}};
  const json::object written{{"topic", "演示卯家建房"},   {"place", "演示亥家院里"},
                             {"views", "演示庚说同意"},   {"attendance", json::array{"演示丁三排", "演示戊四排"}},
                             {"minutes_taker", "演示寅"}, {"objections_text", "演示己嫌高"},
                             {"photos", json::array{}}};
  record(a,
         {"deliberate", "--head", "演示子", "--head-passphrase-file", (folder_.path() / "secrets" / "演示子").string()},
         {{"minutes", minutes}, {"record", written}}, "recorded");
  a.sync();
  ASSERT_EQ(answer_of(c.issue(residence(ding))), "issued");
  c.sync();

  const auto at_v1 = everything_readable_at(a);
  const auto at_v2 = everything_readable_at(c);
  const auto to_v1 = frames_of("v1");
  const auto to_v2 = frames_of("v2");
  for (const std::string word :
       {"13900001234", "示范甲村9排7号", "村西头77号", "演示酉", "演示亥", "演示戌", "13900005678", "演示申", "演示卯",
        "演示庚", "演示丁三排", "演示戊四排", "演示寅", "演示己", "022-00000001"}) {
    EXPECT_EQ(at_v2.find(word), std::string::npos) << word;
    EXPECT_EQ(to_v2.find(word), std::string::npos) << word;
    EXPECT_NE(at_v1.find(word), std::string::npos) << word;
    EXPECT_NE(to_v1.find(word), std::string::npos) << word;
  }
  EXPECT_NE(at_v2.find(ding.name), std::string::npos) << "its own people it must know";
  EXPECT_NE(to_v2.find(ding.name), std::string::npos);
}

// Decided at the hub, brought by one synchronisation, and from then on known to a laptop of another village that has
// no hub: the hub is off while it answers. Nobody else is held up, and before that synchronisation nobody was.
TEST_F(Neighbours, AnExclusionIsKnownWithTheHubOff) {
  const auto a = ready_laptop("A", "v1");
  const auto c = ready_laptop("C", "v2");
  const auto advice = [&](const Resident& who) {
    return text_at(c.ask({"decide", "--input", "-"}, json::serialize(json::object{{"commitment", commitment(who)}})),
                   "exclusion");
  };
  record(a, {"commit"}, commitment(gui), "recorded");
  a.sync();
  exclude_who_committed();
  EXPECT_NE(advice(gui), "possible_match") << "not synchronised yet";
  c.sync();
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  EXPECT_EQ(advice(gui), "possible_match");
  EXPECT_NE(advice(ding), "possible_match");
  const auto refused = c.tell({"commit", "--input", "-", "--handler", "演示巳"}, json::serialize(commitment(gui)));
  EXPECT_EQ(answer_of(refused), "refusal") << json::serialize(refused.error);
}

}  // namespace
}  // namespace cunzheng::test
