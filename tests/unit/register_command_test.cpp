// `register`, `report` and `disclosure` as a clerk types them: what is searched for, who may see what, and the files
// that go to the township.

#include "tests/unit/laptop.hpp"

#include <cstdio>

namespace cunzheng::client {
namespace {

using testing::day;
using testing::District;
using testing::Laptop;
namespace papers = test;

std::string text(const json::object& object, const char* name) { return std::string(object.at(name).as_string()); }

// A laptop with two papers for 乙 and 丙, and one refusal for 乙.
struct Desk {
  District hub;
  Laptop laptop{hub, "A"};
  json::object first, second;

  Desk() {
    laptop.open();
    first = laptop.issue(papers::residence(papers::yi));
    laptop.clock.set(testing::at("2026-05-14", 10));
    second = laptop.issue(papers::residence(papers::bing, "示范第二小学"));
    laptop.data("refuse", laptop.with_input({{"handler", hub.handler.name}}, papers::no_crime(papers::yi)));
  }
  std::vector<std::string> numbers(json::object arguments) {
    arguments["kind"] = "certificate";
    std::vector<std::string> out;
    const auto found = laptop.data("register", std::move(arguments));
    for (const auto& row : found.at("rows").as_array()) out.push_back(text(row.as_object(), "machine_number"));
    return out;
  }
};

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The cells of an .xlsx file as another program finds them.
std::string unpacked(const std::filesystem::path& file) {
  const auto command = "unzip -p '" + file.string() + "' xl/worksheets/sheet1.xml 2>&1";
  std::string out;
  auto* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 4096> piece{};
  while (const auto count = std::fread(piece.data(), 1, piece.size(), pipe)) out.append(piece.data(), count);
  ::pclose(pipe);
  return out;
}

TEST(RegisterCommand, FindsByEverythingAClerkKnows) {
  Desk desk;
  const auto one = text(desk.first, "machine_number");
  const auto two = text(desk.second, "machine_number");
  using Numbers = std::vector<std::string>;
  EXPECT_EQ(desk.numbers({}), (Numbers{one, two}));
  EXPECT_EQ(desk.numbers({{"number", one}}), Numbers{one});
  EXPECT_EQ(desk.numbers({{"number", "示范甲村证[2026]a2号"}}), Numbers{two}) << "as people type it";
  EXPECT_EQ(desk.numbers({{"person", papers::bing.id_number}}), Numbers{two});
  EXPECT_EQ(desk.numbers({{"from", "2026-05-12"}}), Numbers{two});
  EXPECT_EQ(desk.numbers({{"to", "2026-05-13"}}), Numbers{one});
  EXPECT_EQ(desk.numbers({{"from", "2026-05-12"}, {"to", "2026-05-13"}}), Numbers{});
  EXPECT_EQ(desk.numbers({{"item", "residence-in-community"}}), (Numbers{one, two}));
  EXPECT_EQ(desk.numbers({{"item", "homestead-opinion"}}), Numbers{});
  EXPECT_EQ(desk.numbers({{"requester", "示范第二小学"}}), Numbers{two});
  EXPECT_EQ(desk.numbers({{"handler", desk.hub.handler.name}}), (Numbers{one, two}));
  EXPECT_EQ(desk.numbers({{"handler", desk.hub.handler.name}, {"person", papers::yi.id_number}}), Numbers{one});

  const auto page = desk.laptop.data("register", {{"kind", "certificate"}, {"most", 1}});
  EXPECT_EQ(page.at("rows").as_array().size(), 1U);
  EXPECT_EQ(desk.numbers({{"most", 1}, {"after", page.at("next")}}), Numbers{two});
  EXPECT_TRUE(desk.laptop.data("register", {{"kind", "certificate"}}).at("next").is_null());
}

TEST(RegisterCommand, SaysWhatIsWrongWithTheQuestion) {
  Desk desk;
  const auto field = [&](json::object arguments, const char* kind = "certificate") {
    arguments["kind"] = kind;
    return desk.laptop.failure("register", std::move(arguments)).field;
  };
  EXPECT_EQ(field({}, "nonsense"), "kind");
  EXPECT_EQ(field({{"number", "1201991012012026A000017X"}}), "number");
  EXPECT_EQ(field({{"number", "1"}}, "refusal"), "number") << "refusals have none";
  EXPECT_EQ(field({{"person", "120199198508229026"}}), "person");
  EXPECT_EQ(field({{"from", "2026-02-29"}}), "from");
  EXPECT_EQ(field({{"from", "2026-05-12"}, {"to", "2026-05-11"}}), "to");
  EXPECT_EQ(field({{"handler", "没有这个人"}}), "handler");
  EXPECT_EQ(field({{"item", "x"}}, "commitment"), "item");
  EXPECT_EQ(field({{"most", 0}}), "most");
  EXPECT_EQ(field({{"after", "xyz"}}), "after");
  EXPECT_EQ(field({{"reader", "everybody"}}), "reader");
  EXPECT_EQ(field({{"headings", "fr"}}), "headings");
  EXPECT_EQ(field({{"body", "v2"}}), "body") << "a laptop holds its own committee's books only";
  EXPECT_EQ(field({{"file", "/tmp/register.doc"}}), "file");
  EXPECT_EQ(desk.laptop.failure("report", {{"month", "2026-13"}}).field, "month");
  EXPECT_EQ(desk.laptop.failure("disclosure", {{"quarter", "2026-5"}}).field, "quarter");
}

// R124, R127: the number of a document is never whole on a screen; an inspector learns of nobody who they are.
TEST(RegisterCommand, ShowsEachReaderTheirPart) {
  Desk desk;
  const auto seen = [&](const char* reader) {
    const auto reply = desk.laptop.run("register", {{"kind", "certificate"}, {"reader", reader}});
    EXPECT_TRUE(reply);
    return reply ? json::serialize(reply->data) + reply->human.zh + reply->human.en : std::string();
  };
  const auto has = [](const std::string& all, const std::string& part) { return all.find(part) != all.npos; };
  EXPECT_TRUE(has(seen("clerk"), papers::yi.name));
  EXPECT_FALSE(has(seen("clerk"), papers::yi.id_number));
  EXPECT_TRUE(has(seen("full"), papers::yi.id_number));
  EXPECT_FALSE(has(seen("inspector"), papers::yi.name));
  EXPECT_FALSE(has(seen("inspector"), papers::yi.id_number));
  EXPECT_FALSE(has(seen("inspector"), papers::yi.id_number.substr(12)));
  EXPECT_TRUE(has(seen("inspector"), "测**"));
}

TEST(RegisterCommand, WritesFilesForTheOffice) {
  Desk desk;
  test::TempFolder folder;
  const auto csv = folder.path() / "certificates.csv";
  const auto xlsx = folder.path() / "certificates.xlsx";
  EXPECT_EQ(text(desk.laptop.data("register", {{"kind", "certificate"}, {"file", csv.string()}}), "file"),
            csv.string());
  const auto lines = content(csv);
  EXPECT_TRUE(lines.starts_with("\xef\xbb\xbf村（居）委会,日期,证明编号,申请人,证件号码,")) << lines;
  EXPECT_NE(lines.find("\r\n示范甲村,2026-05-11,示范甲村证〔2026〕A001号,测试乙,120*************27,"), lines.npos) << lines;
  EXPECT_EQ(std::filesystem::status(csv).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(desk.laptop.failure("register", {{"kind", "certificate"}, {"file", csv.string()}}).field, "file");
  EXPECT_EQ(content(csv), lines) << "what is there is not overwritten";

  desk.laptop.data("register", {{"kind", "certificate"}, {"file", xlsx.string()}, {"headings", "en"}});
  const auto cells = unpacked(xlsx);
  for (const char* cell : {"committee", "document number", "示范甲村证〔2026〕A002号", "测试丙"}) {
    EXPECT_NE(cells.find(cell), cells.npos) << cell << " in " << cells;
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2) << "nothing else is left behind";
  const auto nowhere = (folder.path() / "missing" / "x.xlsx").string();
  EXPECT_EQ(desk.laptop.failure("register", {{"kind", "certificate"}, {"file", nowhere}}).field, "file");
}

// Who asks what is held on them gets all of it, and nothing of anybody else.
TEST(RegisterCommand, TellsAPersonWhatIsHeldOnThem) {
  Desk desk;
  const auto reply = desk.laptop.run("statement", {{"person", papers::yi.id_number}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->data.at("registers").at("certificate").as_array().size(), 1U);
  EXPECT_EQ(reply->data.at("registers").at("refusal").as_array().size(), 1U);
  const auto all = json::serialize(reply->data) + reply->human.zh + reply->human.en;
  EXPECT_NE(all.find(papers::yi.name), all.npos);
  EXPECT_EQ(all.find(papers::bing.name), all.npos);
  EXPECT_EQ(all.find(papers::yi.id_number), all.npos) << "in part only";
  EXPECT_EQ(desk.laptop.failure("statement", {{"person", "1"}}).field, "person");
  EXPECT_TRUE(desk.laptop.data("statement", {{"person", papers::gui.id_number}}).at("registers").as_object().empty());
}

// R98, R122, R123.
TEST(RegisterCommand, ReportsAndDiscloses) {
  Desk desk;
  const auto report = desk.laptop.data("report", {{"month", "2026-05"}});
  const auto& books = report.at("registers").as_object();
  EXPECT_EQ(books.at("certificate").at("lines").to_number<int>(), 2);
  EXPECT_EQ(books.at("certificate").at("state").at("issued").to_number<int>(), 2);
  EXPECT_EQ(books.at("refusal").at("lines").to_number<int>(), 1);
  EXPECT_EQ(books.at("refusal").at("reason").at("not_issuable").to_number<int>(), 1);
  EXPECT_EQ(desk.laptop.data("report", {{"month", "2026-06"}}).at("registers").at("certificate").at("lines"), 0);

  const auto board = desk.laptop.run("disclosure", {{"quarter", "2026-2"}});
  ASSERT_TRUE(board);
  const auto all = json::serialize(board->data) + board->human.zh + board->human.en;
  EXPECT_NE(all.find("合计"), all.npos);
  for (const auto& person : {papers::yi, papers::bing}) {
    EXPECT_EQ(all.find(person.name), all.npos);
    EXPECT_EQ(all.find(person.id_number), all.npos);
  }
  EXPECT_EQ(all.find(desk.hub.handler.name), all.npos);
}

// What people typed must not become a formula on an officer's machine, nor move into the next cell.
TEST(Csv, NoCellIsAFormulaOrLeavesItsPlace) {
  const registers::Sheet sheet{
      "t",
      {"a", "b"},
      {{"=HYPERLINK(1)", "+1"}, {"-2", "@x"}, {"\tx", "a,b"}, {"say \"x\"", "two\nlines"}, {"𠀀·", ""}}};
  EXPECT_EQ(registers::csv_of(sheet),
            "\xef\xbb\xbf"
            "a,b\r\n'=HYPERLINK(1),'+1\r\n'-2,'@x\r\n'\tx,\"a,b\"\r\n\"say \"\"x\"\"\",\"two\nlines\"\r\n𠀀·,\r\n");
}

}  // namespace
}  // namespace cunzheng::client
