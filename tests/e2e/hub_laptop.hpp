#pragma once
// What the tests with real programs share: a district that serves, and what they ask of answers.

#include "tests/support/temp_folder.hpp"
#include "tests/support/trial_district.hpp"

#include <gtest/gtest.h>

namespace cunzheng::test {

class HubLaptop : public ::testing::Test {
 protected:
  HubLaptop() : district_(folder_.path()) {
    district_.serve();
    district_.publish_all();
  }

  // With handler and head, in step, ready to issue.
  TrialLaptop ready_laptop(const std::string& name, const std::string& body) {
    auto laptop = district_.enrol(name, body);
    district_.staff(laptop);
    return laptop;
  }

  TempFolder folder_;
  TrialDistrict district_;
};

inline std::string code_of(const Told& told) { return text_at(told.error, "code"); }
inline std::string field_of(const Told& told) { return text_at(told.error, "field"); }
inline std::string rule_of(const Told& told) { return text_at(told.error, "rule"); }
inline std::string answer_of(const Told& told) { return text_at(told.data, "answer"); }

inline std::int64_t revision_of(const TrialLaptop& laptop) {
  return number_at(laptop.ask({"status"}), "catalogue_revision");
}

inline void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

// How many findings of this rule the list holds.
inline std::size_t count_rule(const json::array& findings, std::string_view rule) {
  std::size_t count = 0;
  for (const auto& each : findings) count += text_at(each.get_object(), "rule") == rule ? 1 : 0;
  return count;
}

}  // namespace cunzheng::test
