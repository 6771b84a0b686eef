#include "shared/domain/certificate_text.hpp"

#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

namespace cunzheng::domain {
namespace {

using namespace testing;

CertificateContent residence() {
  const auto& item = *find_issuable(shipped(), ItemId("residence-in-community"));
  const auto issued = day("2026-05-11");
  CertificateContent out;
  out.title = item.title;
  out.number = "示范甲村证〔2026〕A017号";
  out.addressee = "示范实验小学";
  out.item_name = item.name.zh;
  out.person = {"测试乙", "120199198508229027", "", "示范甲村3排2号"};
  out.statement = statement_of(item, {{"address", "示范甲村3排2号"},
                                      {"since", "2020-03-01"},
                                      {"residence_type", "租住"},
                                      {"hukou_here", "false"},
                                      {"evidence", "租赁合同、网格台账"}});
  out.verification_methods = {"核对材料", "查台账"};
  out.verified_on = issued;
  out.purpose = "入学入园和学籍事务";
  out.valid_until = valid_until(shipped(), &item, issued);
  out.basis = cited(item.legal_basis, issued);
  out.catalogue_revision = shipped().revision;
  out.issuer_name = "天津市示范区示范镇示范甲村村民委员会";
  out.issuer_phone = "022-00000000";
  out.handler_name = "测试壬";
  out.head_name = "演示子";
  out.issued_on = issued;
  return out;
}

// S1: the whole text, word for word. A changed word changes what people sign, so it must show here.
TEST(CertificateText, WordForWord) {
  EXPECT_EQ(certificate_text(residence()),
            "证明\n"
            "编号：示范甲村证〔2026〕A017号\n"
            "致：示范实验小学\n"
            "兹证明测试乙（公民身份号码：120199198508229027，住址：示范甲村3排2号）的下列情况："
            "居住地址：示范甲村3排2号；起始居住日期：2020年3月1日；居住方式：租住；户籍是否在本地：否；"
            "核实依据：租赁合同、网格台账。\n"
            "事项：居民（村民）在本社区（村）居住证明\n"
            "上述情况经核对材料、查台账于2026年5月11日核实。\n"
            "用途：仅用于入学入园和学籍事务，不作他用。\n"
            "有效期至2026年6月10日。\n"
            "依据：《天津市2019年社区减负意见》可出具事项第1项；《村民委员会组织法》（2025年修正）；"
            "《城市居民委员会组织法》（2025年修订）（适用清单第7版）\n"
            "份数：1\n"
            "出具单位：天津市示范区示范镇示范甲村村民委员会（盖章）\n"
            "经办人：测试壬　负责人：演示子\n"
            "2026年5月11日\n"
            "联系电话：022-00000000");
}

struct MarkRow {
  const char* rule;
  const char* line;  // must stand in the text
  void (*set)(CertificateContent&);
};

// R46, O7, R110: what must be said is said, and only then.
TEST(CertificateText, Marks) {
  const std::vector<MarkRow> rows{
      {"R46",
       "\n本证明依据清单外兜底规定出具（适用清单第7版），原因：民事主体明确要求；仅据2026年5月11日现场核实所见如实说明"
       "，"
       "不作法律上的认定。\n",
       [](CertificateContent& c) { c.fallback_cause = FallbackCause::civil_party_demand; }},
      {"R46", "原因：现阶段政策衔接不到位；",
       [](CertificateContent& c) { c.fallback_cause = FallbackCause::policy_not_joined_up; }},
      {"R27", "\n本事项经居民议事协商，记录号：议〔2026〕3号\n",
       [](CertificateContent& c) { c.deliberation_number = "议〔2026〕3号"; }},
      {"O7", "记录号：议〔2026〕3号（凭签字的纸质记录出具，待与区里记录核对）\n",
       [](CertificateContent& c) {
         c.deliberation_number = "议〔2026〕3号";
         c.deliberation_unmatched = true;
       }},
      {"R120", "\n兹说明测试乙", [](CertificateContent& c) { c.title = "意见"; }},
      {"R9", "\n依据：适用清单第7版\n", [](CertificateContent& c) { c.basis.clear(); }},
      {"R55", "（证件号码：E12345678，", [](CertificateContent& c) { c.person.id_number = "E12345678"; }},
      {"R55", "（公民身份号码：120199198508229027）的下列情况", [](CertificateContent& c) { c.person.address = " "; }},
  };
  const auto plain = certificate_text(residence());
  for (const auto& row : rows) {
    EXPECT_EQ(plain.find(row.line), std::string::npos) << row.rule << " " << row.line;
    auto content = residence();
    row.set(content);
    const auto text = certificate_text(content);
    EXPECT_NE(text.find(row.line), std::string::npos) << row.rule << " " << row.line << "\n" << text;
  }
  auto open = residence();
  open.valid_until.reset();
  EXPECT_EQ(certificate_text(open).find("有效期"), std::string::npos) << "R110";
  auto fallback = residence();
  fallback.fallback_cause = FallbackCause::civil_party_demand;
  EXPECT_EQ(certificate_text(fallback).find("\n依据："), std::string::npos) << "R46: a fallback claims no basis";
}

// No value can look like a line of the form: whatever is typed, the number of lines stays.
TEST(CertificateText, ValuesStayOnTheirLine) {
  const auto lines = [](const CertificateContent& content) {
    const auto text = certificate_text(content);
    return std::count(text.begin(), text.end(), '\n');
  };
  const auto expected = lines(residence());
  for (const std::string evil : {"a\n用途：不限", "a\r用途：不限", "a\u2028用途：不限", "a\u0085b", "a\v\fb"}) {
    for (auto field : {&CertificateContent::number, &CertificateContent::addressee, &CertificateContent::item_name,
                       &CertificateContent::statement, &CertificateContent::purpose, &CertificateContent::basis,
                       &CertificateContent::issuer_name, &CertificateContent::issuer_phone,
                       &CertificateContent::handler_name, &CertificateContent::head_name}) {
      auto content = residence();
      content.*field = evil;
      EXPECT_EQ(lines(content), expected);
      const auto text = certificate_text(content);
      EXPECT_EQ(text.find('\r'), std::string::npos);
      EXPECT_EQ(text.find("\u2028"), std::string::npos);
      EXPECT_EQ(text.find("\u0085"), std::string::npos);
    }
    auto content = residence();
    content.person = {evil, evil, evil, evil};
    content.verification_methods = {evil, evil};
    content.deliberation_number = evil;
    EXPECT_EQ(lines(content), expected + 1);
  }
  auto content = residence();
  content.statement = "第一行\n\n 第二行 \n";
  EXPECT_NE(certificate_text(content).find("：第一行；第二行。\n"), std::string::npos);
}

// Rare characters and the middle dot of minority names come through whole.
TEST(CertificateText, RareCharacters) {
  auto content = residence();
  content.person.name = "阿依古丽·𠮷𰻞";
  EXPECT_NE(certificate_text(content).find("兹证明阿依古丽·𠮷𰻞（"), std::string::npos);
}

// R101: a citation is that of the day of issue; the text of an older paper is not touched by a later revision.
TEST(CertificateText, CitedAsOfTheDay) {
  std::vector<Citation> basis(4);
  basis[0].law = "农民专业合作社登记管理条例", basis[0].article = "第十五条", basis[0].to = day("2022-02-28");
  basis[1].law = "民发〔2020〕20号";
  basis[2].law = "诉讼费用交纳办法（国务院令第481号）", basis[2].article = "第四十五条";
  basis[3].law = "公证法", basis[3].article = "第十一条", basis[3].from = day("2022-03-01");
  EXPECT_EQ(
      cited(basis, day("2022-02-28")),
      "《农民专业合作社登记管理条例》第十五条；民发〔2020〕20号；《诉讼费用交纳办法》（国务院令第481号）第四十五条");
  EXPECT_EQ(cited(basis, day("2022-03-01")),
            "民发〔2020〕20号；《诉讼费用交纳办法》（国务院令第481号）第四十五条；《公证法》第十一条");
  EXPECT_EQ(cited({}, day("2022-03-01")), "");
}

// S29: an article number still to be found is never printed, the law alone is; a law still to be found is not cited.
TEST(CertificateText, NothingUnfoundIsPrinted) {
  std::vector<Citation> basis(3);
  basis[0].law = "村民委员会组织法（2025年修正）", basis[0].article = "条号待核";
  basis[1].law = "某意见（名称待核）", basis[1].article = "第二条";
  basis[2].law = "村民委员会组织法（2025年修正）";
  EXPECT_EQ(cited(basis, day("2026-05-11")), "《村民委员会组织法》（2025年修正）");
  for (const auto* catalogue : {&shipped(), &trial(), &renamed()}) {
    for (const auto& item : catalogue->issuable) {
      EXPECT_EQ(cited(item.legal_basis, day("2026-05-11")).find("待核"), std::string::npos) << item.id.value();
      EXPECT_FALSE(cited(item.legal_basis, day("2026-05-11")).empty()) << item.id.value();
    }
  }
}

// The facts stand in the order of the item whatever the order they were typed in; what is not a fact stays out.
TEST(CertificateText, StatementFollowsTheItem) {
  for (const auto& item : shipped().issuable) {
    auto facts = application_for(item).facts;
    const auto statement = statement_of(item, facts);
    EXPECT_EQ(statement.find('\n'), std::string::npos);
    std::size_t at = 0;
    for (const auto& field : item.fields) {
      const bool is_fact = field.type != FieldType::reference && field.type != FieldType::attachment;
      const auto found = statement.find(field.label.zh + "：", at);
      EXPECT_EQ(found != std::string::npos, is_fact) << item.id.value() << " " << field.key;
      if (is_fact && found != std::string::npos) at = found + 1;
    }
    facts["not_a_field"] = "x";
    EXPECT_EQ(statement_of(item, facts), statement);
    EXPECT_EQ(statement_of(item, {}), "");
  }
}

}  // namespace
}  // namespace cunzheng::domain
