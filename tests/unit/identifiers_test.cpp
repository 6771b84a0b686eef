#include "shared/domain/identifiers.hpp"

#include "shared/codec/json.hpp"
#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

namespace cunzheng::domain {
namespace {

using testing::day;
using testing::words;

struct IdRow {
  const char* typed;
  const char* stored;  // empty: refused
  const char* why;
};

// The samples of the standard, synthetic people and the usual slips; what is accepted has one stored form.
TEST(CitizenId, IsCheckedAndStoredInOneForm) {
  const std::vector<IdRow> rows{
      {"11010519491231002X", "11010519491231002X", "sample of the standard"},
      {"440524188001010014", "440524188001010014", "sample of the standard, born 1880"},
      {"34052419800101001X", "34052419800101001X", "area code of a county that is no more is no fault"},
      {"120199196103159017", "120199196103159017", ""},
      {"120199200002299044", "120199200002299044", "29 February of a leap year"},
      {"11010519491231002x", "11010519491231002X", "small x"},
      {"　１１０１０５１９４９１２３１００２ｘ ", "11010519491231002X", "full-width, blanks around"},
      {"110105194912310021", "", "right check is X"},
      {"120199190002299041", "", "1900 was no leap year"},
      {"120199199902299043", "", "nor was 1999"},
      {"120199199913019042", "", "month 13"},
      {"120199199900019042", "", "month 0"},
      {"120199196103159018", "", "last digit miscopied"},
      {"12019919610315901", "", "17 characters"},
      {"1201991961031590177", "", "19 characters"},
      {"X20199196103159017", "", "X in front"},
      {"120199 196103159017", "", "blank inside"},
      {"110105491231002", "", "15 digits"},
      {"", "", "nothing"},
      {"\xff\xfe", "", "no text"},
  };
  for (const auto& row : rows) {
    const auto id = normalise_citizen_id(row.typed, "applicant.id_number");
    ASSERT_EQ(id.has_value(), *row.stored != '\0') << row.typed << ": " << row.why;
    if (id) {
      EXPECT_EQ(*id, row.stored);
    } else {
      EXPECT_EQ(id.error().field, "applicant.id_number") << row.typed;
      EXPECT_EQ(id.error().rule, "GB 11643");
    }
  }
}

// Whatever the check character, 29 February 1900 is refused for its date: no check digit can save it.
TEST(CitizenId, DateIsJudgedApartFromCheckDigit) {
  int dates_refused = 0;
  for (const char last : std::string("0123456789X")) {
    const auto id = normalise_citizen_id(std::string("12019919000229904") + last, "id");
    ASSERT_FALSE(id);
    if (id.error().what.zh.find("出生日期") != std::string::npos) ++dates_refused;
  }
  EXPECT_EQ(dates_refused, 11);
}

// MOD 11-2 catches every single wrong digit and every swap of two different neighbours.
TEST(CitizenId, CatchesEverySingleSlip) {
  const std::string good = "11010519491231002X";
  for (std::size_t at = 0; at < 17; ++at) {
    for (char c = '0'; c <= '9'; ++c) {
      auto slip = good;
      slip[at] = c;
      EXPECT_EQ(normalise_citizen_id(slip, "id").has_value(), slip == good) << slip;
    }
    auto swapped = good;
    std::swap(swapped[at], swapped[at + 1]);
    EXPECT_EQ(normalise_citizen_id(swapped, "id").has_value(), swapped == good) << swapped;
  }
}

// All people of the tests have numbers that the program takes.
TEST(CitizenId, SyntheticPeopleAreValid) {
  for (const char* id : {"120199196103159017", "120199198508229027", "120199199001019033", "120199200002299044",
                         "120199197905179057", "120199195212309067", "120199201506109077", "12019919680904908X",
                         "12019919990711909X", "120199193201189101", "120199197411269116", "120199198802289127",
                         "120199199504059133", "120199202010019144", "120199194708029152", "120199199303199164"}) {
    EXPECT_TRUE(normalise_citizen_id(id, "id")) << id;
  }
}

// A number of old papers finds the person; it is never taken as a document.
TEST(CitizenId, FifteenDigitsOnlyFindPeople) {
  const auto found = citizen_id_from_15(" 110105491231002", "query");
  ASSERT_TRUE(found) << words(found.error());
  EXPECT_EQ(*found, "11010519491231002X");
  EXPECT_FALSE(citizen_id_from_15("110105491331002", "query"));
  EXPECT_FALSE(citizen_id_from_15("11010549123100X", "query"));
  const auto refused = normalise_citizen_id("110105491231002", "id");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.zh.find("15位"), std::string::npos);
}

// Born on the day the number says, before 1900 too; a birthday on 29 February falls on the 28th in other years.
TEST(CitizenId, GivesBirthDateAndAge) {
  EXPECT_EQ(birth_date("120199200002299044"), day("2000-02-29"));
  EXPECT_EQ(birth_date("440524188001010014").year(), 1880);
  EXPECT_EQ(age_on(day("2000-02-29"), day("2018-02-27")), 17);
  EXPECT_EQ(age_on(day("2000-02-29"), day("2018-02-28")), 18);
  EXPECT_EQ(age_on(day("2015-06-10"), day("2026-06-09")), 10);
  EXPECT_EQ(age_on(day("2015-06-10"), day("2026-06-10")), 11);
}

// Paper shows two characters, a screen five, and what is short or foreign shows nothing.
TEST(CitizenId, IsMaskedForPaperAndScreen) {
  EXPECT_EQ(masked_on_paper("12019919680904908X"), "****************8X");
  EXPECT_EQ(masked_on_screen("12019919680904908X"), "120*************8X");
  EXPECT_EQ(masked_on_screen("E123"), "********");
  EXPECT_EQ(masked_on_paper("护照一二三四五六"), "********");
  EXPECT_EQ(masked_on_paper(""), "********");
}

struct CodeRow {
  const char* typed;
  bool valid;
};

// GB 32100: the sample of the standard, codes in use, synthetic committees, and slips in either check character.
TEST(CreditCode, BothCheckCharactersCount) {
  const std::vector<CodeRow> rows{
      {"91350100M000100Y43", true},  {"11100000000013338W", true},  {"11430000006122244L", true},
      {"11220000013544541J", true},  {"113700000045046442", true},  {"11330105002500287C", true},
      {"11100000MB03271699", true},  {"11110000000021135M", true},  {"914403007109310121", false},
      {"54120199TX000001XX", true},  {"54120199TX0000028X", true},  {"54120199TX0000036Q", true},
      {"54120199TX0000044K", true},  {"11120199TX0000052U", true},  {"11120199TX0000060N", true},
      {"12120199TX0000079G", true},  {"91350100M000100Y53", false}, {"91350100M000100Y44", false},
      {"9135O100M000100Y43", false}, {"91350100M000100Y4", false},  {"", false},
  };
  for (const auto& row : rows) {
    const auto code = check_credit_code(row.typed, "organ_code");
    EXPECT_EQ(code.has_value(), row.valid) << row.typed;
    if (!code) {
      EXPECT_EQ(code.error().rule, "GB 32100");
    }
  }
  EXPECT_EQ(check_credit_code("　９１350100m000100y43", "code").value_or(""), "91350100M000100Y43");
}

// A code whose outer check is right again after the body code was miscopied is caught by the inner one.
TEST(CreditCode, InnerCheckIsNotForgotten) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  int accepted = 0;
  for (const char outer : alphabet) {
    accepted += check_credit_code(std::string("91350100M000101Y4") + outer, "code").has_value() ? 1 : 0;
  }
  EXPECT_EQ(accepted, 0);
}

// ISO 7064 MOD 37,36 on the numbers of the format and on licence identifiers in use.
TEST(CertificateNumbers, CheckCharacterFollowsTheStandard) {
  EXPECT_EQ(mod37_36("1201991012012026A000017"), 'S');
  EXPECT_EQ(mod37_36("1201991012012026B000017"), 'B');
  EXPECT_EQ(mod37_36("1201991012012026A000018"), 'Q');
  EXPECT_EQ(mod37_36("11100000000013338W01111430000006122244L20230000403001"), 'U');
  EXPECT_EQ(mod37_36("11100000000013338W03211220000013544541J2430599001"), 'F');
  EXPECT_EQ(mod37_36("11100000MB03271699022340100000000016001"), '9');
}

// A number has one machine form and one printed form, and both are read back, as typed by people.
TEST(CertificateNumbers, AreWrittenAndReadInBothForms) {
  const CertificateNumber number{"120199101201", 2026, 'A', 17};
  EXPECT_TRUE(check(number, "number"));
  EXPECT_EQ(number.machine(), "1201991012012026A000017S");
  EXPECT_EQ(number.printed("示范甲村"), "示范甲村证〔2026〕A017号");
  EXPECT_EQ((CertificateNumber{"120199101201", 2026, 'B', 123456}.printed("示范甲村")), "示范甲村证〔2026〕B123456号");

  for (const char* typed :
       {"1201991012012026A000017S", " 1201991012012026a000017s", "１２０１９９１０１２０１2026A000017S"}) {
    const auto read = parse_machine_number(typed, "number");
    ASSERT_TRUE(read) << typed;
    EXPECT_EQ(*read, number);
  }
  for (const char* typed : {"示范甲村证〔2026〕A017号", "示范甲村证[2026]A17号", "示范甲村证（2026）a017号 ",
                            "示范甲村证【２０２６】A000017号"}) {
    const auto read = parse_printed_number(typed, "number");
    ASSERT_TRUE(read) << typed;
    EXPECT_EQ(*read, (PrintedNumber{"示范甲村", 2026, 'A', 17})) << typed;
  }
  const auto odd = parse_printed_number("验证村(东)证〔2026〕C001号", "number");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->short_name, "验证村(东)");
}

// What is no number is refused and names the field; O3 is the rule of the series letter.
TEST(CertificateNumbers, BadOnesAreRefused) {
  for (const char* typed : {"1201991012012026A000017T", "1201991012012026A00017S", "120199101201202610000170", "",
                            "1201991012012026A000000V", "12019910120X2026A000017S"}) {
    const auto read = parse_machine_number(typed, "paper.number");
    ASSERT_FALSE(read) << typed;
    EXPECT_EQ(read.error().field, "paper.number");
    EXPECT_EQ(read.error().rule, "O3");
  }
  for (const char* typed :
       {"示范甲村证〔2026〕017号", "示范甲村证〔26〕A017号", "证〔2026〕A017号", "示范甲村证〔2026〕A000号",
        "示范甲村证〔2026A017号", "示范甲村证〔2026〕A017", "示范甲村证〕2026〔A017号", "号",
        "示范甲村证〔2026〕A1234567号", "示范甲村证〔2026〕é17号"}) {
    EXPECT_FALSE(parse_printed_number(typed, "number")) << typed;
  }
  EXPECT_FALSE(check(CertificateNumber{"120199101201", 2026, 'a', 1}, "n"));
  EXPECT_FALSE(check(CertificateNumber{"12019910120", 2026, 'A', 1}, "n"));
  EXPECT_FALSE(check(CertificateNumber{"120199101201", 2026, 'A', 1'000'000}, "n"));
}

// In an entry a number is bytes, for people it is letters: the series is shown as "A", not as 65.
TEST(CertificateNumbers, HaveOneFormInBytesAndJson) {
  const CertificateNumber number{"120199101201", 2026, 'A', 17};
  const auto bytes = codec::encode(number);
  EXPECT_EQ(codec::decode<CertificateNumber>(bytes), number);
  const auto json = codec::to_json(number);
  EXPECT_EQ(json.at("series").as_string(), "A");
  EXPECT_EQ(codec::from_json<CertificateNumber>(json), number);
}

}  // namespace
}  // namespace cunzheng::domain
