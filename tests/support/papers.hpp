#pragma once
// What clerks of the trial villages type in, as the JSON that the laptop's commands take. All people are synthetic.

#include "shared/base/time.hpp"
#include "shared/codec/json.hpp"

#include <string>

namespace cunzheng::test {

namespace json = codec::json;

struct Resident {
  std::string name;
  std::string id_number;
};

// Residents of village 1 and of village 2: nobody is in both.
inline const Resident jia{"测试甲", "120199196103159017"};
inline const Resident yi{"测试乙", "120199198508229027"};
inline const Resident bing{"测试丙", "120199199001019033"};
inline const Resident gui{"测试癸", "120199193201189101"};
inline const Resident ding{"测试丁", "120199200002299044"};
inline const Resident wu{"测试戊", "120199197905179057"};
inline const Resident chen{"演示辰", "120199194708029152"};

inline json::object person(const Resident& who) { return {{"name", who.name}, {"id_number", who.id_number}}; }

// On the spot (S1). The unit keeps papers of one person apart: same person, item, day and addressee is a duplicate.
inline json::object residence(const Resident& who, const std::string& unit = "示范实验小学") {
  return {{"item", "residence-in-community"},
          {"purpose", "school-enrolment"},
          {"requester_kind", "school"},
          {"requesting_unit", unit},
          {"applicant", person(who)},
          {"facts", json::object{{"address", "村东" + std::to_string(who.id_number.size()) + "号"},
                                 {"since", "2019-09-01"},
                                 {"residence_type", "租住"},
                                 {"hukou_here", "false"},
                                 {"evidence", "租赁合同"}}}};
}

// Refused, and by no way open (S4).
inline json::object no_crime(const Resident& who, const std::string& unit = "示范保安公司") {
  return {
      {"item", "n5-no-crime"}, {"requester_kind", "company"}, {"requesting_unit", unit}, {"applicant", person(who)}};
}

// A commitment to the organ of the trial forms (S41).
inline json::object commitment(const Resident& who) {
  return {{"person", person(who)}, {"matter", "trial-relief-household"}, {"facts", "共同生活三人"}};
}

// `count` applications of residence, one JSON line each, for `issue --batch -`.
inline std::string batch_of(std::size_t count, const Resident& who, const std::string& unit_prefix = "示范") {
  std::string lines;
  for (std::size_t k = 0; k < count; ++k) {
    auto application = residence(who, unit_prefix + "第" + std::to_string(k + 1) + "小学");
    application["ref"] = "b" + std::to_string(k + 1);
    lines += json::serialize(application) + "\n";
  }
  return lines;
}

}  // namespace cunzheng::test
