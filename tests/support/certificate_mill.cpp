#include "tests/support/certificate_mill.hpp"

#include "shared/crypto/hash.hpp"
#include "shared/domain/certificate_text.hpp"

#include <array>
#include <string_view>

namespace cunzheng::test {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mix(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15ULL;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
  return z ^ z >> 31;
}

constexpr std::array<std::string_view, 24> family_names{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙",
                                                        "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢"};
constexpr std::array<std::string_view, 24> given_names{"伟", "芳", "娜", "秀英", "敏", "静", "建国", "强", "磊", "军", "洋", "艳",
                                                       "勇", "桂兰", "杰", "涛", "明", "超", "玉珍", "霞", "平", "志刚", "小红", "文"};
struct Matter {
  std::string_view item, purpose, kind, unit, purpose_text;
};
constexpr std::array<Matter, 6> matters{{
    {"residence-in-community", "school-enrolment", "school", "示范区第一小学", "子女入学报名"},
    {"residence-in-community", "utility-account", "water-company", "示范区自来水公司", "水表开户"},
    {"community-participation", "volunteer-record", "employer", "示范区环卫服务中心", "志愿服务记录"},
    {"student-practice", "school-practice", "school", "示范区实验中学", "暑期社会实践"},
    {"court-fee-hardship", "court-fee-relief", "court", "示范区人民法院", "申请缓交诉讼费"},
    {"conscription-visit", "conscription-review", "military-service-office", "示范区人民武装部", "征兵走访调查"},
}};

class FromState final : public Random {
 public:
  explicit FromState(std::uint64_t& state) : state_(state) {}
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(mix(state_) >> 56);
  }

 private:
  std::uint64_t& state_;
};

crypto::KeyPair key_from(std::uint64_t& state) {
  FromState random(state);
  return crypto::make_key_pair(random);
}

domain::OfficerId officer_of(const crypto::PublicKey& key) {
  const auto hash = crypto::tagged_hash("officer", key.value());
  domain::OfficerId id;
  std::copy_n(hash.begin(), id.value().size(), id.value().begin());
  return id;
}

}  // namespace

CertificateMill::CertificateMill(std::uint64_t seed, bool signed_papers)
    : state_(seed), signed_papers_(signed_papers), handler_(key_from(state_)), head_(key_from(state_)) {}

std::uint64_t CertificateMill::draw() { return mix(state_); }

std::string CertificateMill::person_name() {
  return std::string(family_names[below(family_names.size())]) + std::string(given_names[below(given_names.size())]);
}

// In the range that is never given to anybody: area 120199.
std::string CertificateMill::citizen_id() {
  const auto day = CivilDate(static_cast<std::int32_t>(-12000 + static_cast<std::int64_t>(below(25000))));
  auto digits = day.text();
  digits.erase(7, 1);
  digits.erase(4, 1);
  std::string number = "120199" + digits + std::to_string(100 + below(900));
  constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) sum += (number[k] - '0') * weights[k];
  return number + "10X98765432"[sum % 11];
}

std::string CertificateMill::statement() {
  const auto number = [&](std::size_t from, std::size_t count) { return std::to_string(from + below(count)); };
  std::string out = "系我村" + number(1, 12) + "组村民，自" + number(1978, 44) + "年" + number(1, 12) + "月起在本村居住";
  if (below(2) != 0) out += "，家庭共有成员" + number(1, 7) + "人";
  if (below(2) != 0) out += "，住房坐落于村" + std::string(below(2) != 0 ? "东" : "西") + number(1, 180) + "号";
  if (below(3) == 0) out += "，上一年度家庭人均收入约" + number(3, 25) + "千元";
  if (below(3) == 0) out += "，经村民小组长" + person_name() + "核对";
  if (below(4) == 0) out += "，与户口簿登记内容一致，邻里无异议";
  return out;
}

std::vector<journal::Draft> CertificateMill::next() {
  FromState random(state_);
  const auto& matter = matters[below(matters.size())];
  const auto day = CivilDate(20454 + static_cast<std::int32_t>(serial_ / 12 % 320));  // from 2026-01-01 on
  ++serial_;

  journal::ApplicationOpened application;
  application.item = domain::ItemId(std::string(matter.item));
  application.purpose = domain::PurposeCode(std::string(matter.purpose));
  application.requester_kind = domain::RequesterKind(std::string(matter.kind));
  application.requesting_unit = matter.unit;
  application.applied_on = day;
  journal::ApplicationPrivate applied;
  applied.applicant = {person_name(), citizen_id(), "138" + std::to_string(10'000'000 + below(90'000'000)),
                       "示范甲村" + std::to_string(1 + below(12)) + "组" + std::to_string(1 + below(180)) + "号"};
  const auto said = statement();
  applied.facts["statement"] = said;

  journal::CertificateIssued issued;
  issued.number = {"120199101201", day.year(), 'A', serial_};
  issued.item = application.item;
  issued.catalogue_revision = 7;
  issued.issued_on = day;
  issued.valid_until = day + 30;
  issued.handler = officer_of(handler_.public_key);
  issued.head = officer_of(head_.public_key);
  issued.verified_on = day;

  domain::CertificateContent content;
  content.title = "证明";
  content.number = issued.number.printed("示范甲村");
  content.addressee = application.requesting_unit;
  content.item_name = "居民（村民）在本社区（村）居住证明";
  content.person = applied.applicant;
  content.statement = said;
  content.verification_methods = {"核对材料"};
  content.verified_on = day;
  content.purpose = matter.purpose_text;
  content.valid_until = issued.valid_until;
  content.basis = "《村民委员会组织法》";
  content.catalogue_revision = issued.catalogue_revision;
  content.issuer_name = "天津市示范区示范镇示范甲村村民委员会";
  content.handler_name = "测试壬";
  content.head_name = "演示子";
  content.issued_on = day;

  journal::CertificatePrivate paper;
  paper.text = domain::certificate_text(content);
  text_bytes_ += paper.text.size();
  if (signed_papers_) {
    paper.handler_signature = crypto::sign(handler_.secret, "certificate", view_of(paper.text));
    paper.head_signature = crypto::sign(head_.secret, "certificate", view_of(paper.text));
  }

  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(application, applied, {}, random));
  drafts.push_back(journal::draft_of(issued, paper, {}, random));
  drafts.back().subject_of_draft = 0;
  return drafts;
}

}  // namespace cunzheng::test
