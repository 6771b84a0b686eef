#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace cunzheng::domain {
namespace {

using namespace testing;

struct InputRow {
  const char* field;
  const char* rule;
  std::function<void(Application&)> spoil;
};

// A complete application for each item of both districts is taken.
TEST(ApplicationCheck, CompleteOnesAreTaken) {
  for (const auto* catalogue : both()) {
    const auto takes = [&](const Application& application) {
      const auto status = check_application(application, *catalogue);
      EXPECT_TRUE(status) << application.item.value() << " " << words(status.error());
    };
    for (const auto& item : catalogue->issuable) takes(application_for(item));
    for (const auto& item : catalogue->negative) takes(application_for(item, *catalogue));
    takes(application_beside_the_list(*catalogue));
  }
}

// Each row spoils one thing that every application has; field and rule must be named.
TEST(ApplicationCheck, NamesFieldAndRule) {
  const std::vector<InputRow> rows{
      {"item", "R12", [](Application& a) { a.item = ItemId("never-heard-of"); }},
      {"requested_name", "R23", [](Application& a) { a.item = ItemId(); }},
      {"requested_name", "", [](Application& a) { a.requested_name.assign(201, 'x'); }},
      {"requester_kind", "R10", [](Application& a) { a.requester_kind = RequesterKind(); }},
      {"requester_kind", "R10", [](Application& a) { a.requester_kind = RequesterKind("never-heard-of"); }},
      {"requesting_unit", "R10", [](Application& a) { a.requesting_unit = "　"; }},
      {"requesting_unit", "", [](Application& a) { a.requesting_unit = "a\nb"; }},
      {"basis_cited", "", [](Application& a) { a.basis_cited.assign(2001, 'x'); }},
      {"basis_cited", "", [](Application& a) { a.basis_cited = "第一行\r\n第二行"; }},
      {"basis_cited", "R42", [](Application& a) { a.fallback_cause = FallbackCause::policy_not_joined_up; }},
      {"purpose", "R109", [](Application& a) { a.purpose = PurposeCode("never-heard-of"); }},
      {"purpose_text", "R109",
       [](Application& a) {
         a.purpose = PurposeCode();
         a.purpose_text.clear();
       }},
      {"purpose_text", "", [](Application& a) { a.purpose_text = "a\tb"; }},
      {"applicant.name", "R55", [](Application& a) { a.applicant.name = " "; }},
      {"applicant.name", "", [](Application& a) { a.applicant.name = "测试\u2028乙"; }},
      {"applicant.name", "", [](Application& a) { a.applicant.name.assign(65, 'x'); }},
      {"applicant.name", "", [](Application& a) { a.applicant.name = "\xc3\x28"; }},
      {"applicant.id_number", "R55", [](Application& a) { a.applicant.id_number.clear(); }},
      {"applicant.phone", "", [](Application& a) { a.applicant.phone = "138\x01"; }},
      {"applicant.address", "", [](Application& a) { a.applicant.address.assign(201, 'x'); }},
      {"facts.more_than_asked", "R57", [](Application& a) { a.facts["more_than_asked"] = "x"; }},
  };
  for (const auto* catalogue : both()) {
    for (const auto& row : rows) {
      auto application = application_for(on_the_spot(*catalogue));
      row.spoil(application);
      const auto status = check_application(application, *catalogue);
      ASSERT_FALSE(status) << row.field;
      EXPECT_EQ(status.error().code, FailureCode::bad_input);
      EXPECT_EQ(status.error().field, row.field) << words(status.error());
      EXPECT_EQ(status.error().rule, row.rule) << words(status.error());
    }
  }
}

// Numbers of documents: a citizen's is checked to the last digit, a passport or permit by its shape.
TEST(ApplicationCheck, DocumentNumbers) {
  const std::vector<std::pair<const char*, bool>> rows{
      {"120199198508229027", true},
      {"１２０１９９１９８５０８２２９０２７", true},
      {"12019919680904908x", true},
      {"120199198508229028", false},
      {"12019919850822902", false},
      {"120199850822902", false},
      {"12019919680904908Y", true},
      {"E12345678", true},
      {"12345678", true},
      {"1234567X", false},
      {"E1234", false},
      {"E12345678901234567890", false},
      {"E12-45678", false},
      {"张三", false},
  };
  for (const auto& [number, good] : rows) {
    auto application = application_for(on_the_spot(shipped()));
    application.applicant.id_number = number;
    const auto status = check_application(application, shipped());
    EXPECT_EQ(status.has_value(), good) << number;
    if (!status) {
      EXPECT_EQ(status.error().field, "applicant.id_number");
    }
  }
}

// Every required field of every item must be there, and every field must hold what its type says.
TEST(ApplicationCheck, FieldsOfTheItem) {
  const std::string long_line(201, 'x');
  const std::string long_text(2001, 'x');
  const auto spoiled = [&](FieldType type) -> std::vector<std::string> {
    switch (type) {
      case FieldType::date:
        return {"2026-02-30", "2026年5月1日", "1900-02-29"};
      case FieldType::number:
        return {"3人", "-1", "1.5", "12345678901"};
      case FieldType::yes_no:
        return {"是", "1", "TRUE"};
      case FieldType::one_of:
        return {"不在其中", "\n"};
      case FieldType::some_of:
        return {"不在其中", "、"};
      case FieldType::long_text:
      case FieldType::persons:
      case FieldType::visits:
        return {long_text, "a\x07", "a\r\nb"};
      default:
        return {long_line, "a\nb", "\xff"};
    }
  };
  std::set<FieldType> seen;
  for (const auto* catalogue : both()) {
    for (const auto& item : catalogue->issuable) {
      for (const auto& field : item.fields) {
        seen.insert(field.type);
        const auto place = "facts." + field.key;
        auto application = application_for(item);
        application.facts.erase(field.key);
        const auto without = check_application(application, *catalogue);
        EXPECT_EQ(without.has_value(), !field.required) << item.id.value() << " " << place;
        if (!without) {
          EXPECT_EQ(without.error().field, place);
        }
        for (const auto& value : spoiled(field.type)) {
          if (trimmed(value).empty()) continue;
          application.facts[field.key] = value;
          const auto with = check_application(application, *catalogue);
          ASSERT_FALSE(with) << item.id.value() << " " << place << " took " << value;
          EXPECT_EQ(with.error().field, place);
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), codec::EnumNames<FieldType>::names.size());
}

// Several choices stand in the order of the list, each once, so that one answer has one form.
TEST(ApplicationCheck, SeveralChoices) {
  for (const auto* catalogue : both()) {
    const auto& item = first_where(catalogue->issuable, [](const auto& each) {
      return std::any_of(each.fields.begin(), each.fields.end(),
                         [](const auto& field) { return field.type == FieldType::some_of; });
    });
    const auto& field = first_where(item.fields, [](const auto& each) { return each.type == FieldType::some_of; });
    const auto& a = field.values[0];
    const auto& b = field.values[1];
    const std::vector<std::pair<std::string, bool>> rows{
        {a, true},         {b, true},         {a + "、" + b, true}, {b + "、" + a, false}, {a + "、" + a, false},
        {a + "、", false}, {"、" + a, false}, {a + "," + b, false}};
    for (const auto& [value, good] : rows) {
      auto application = application_for(item);
      application.facts[field.key] = value;
      EXPECT_EQ(check_application(application, *catalogue).has_value(), good) << value;
    }
  }
}

// R24: of a party matter nothing may be written down.
TEST(ApplicationCheck, PartyMattersHoldNoFacts) {
  auto application = application_beside_the_list(shipped());
  application.requested_name.clear();
  application.item = shipped().routed[0].id;
  EXPECT_EQ(check_application(application, shipped()).error().field, std::string("facts.") + statement_key);
  application.facts.clear();
  EXPECT_TRUE(check_application(application, shipped()));
}

}  // namespace
}  // namespace cunzheng::domain
