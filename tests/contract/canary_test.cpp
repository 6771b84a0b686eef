// A thousand people's names and ID numbers go into private parts, and none of them can be read anywhere in the store
// folder, in UTF-8 or GB18030 (checklist 5): not in values, keys, logs, manifests, or LevelDB's own notes.

#include "shared/crypto/system_random.hpp"
#include "shared/domain/identifiers.hpp"
#include "sync/store/leveldb_store.hpp"
#include "tests/support/journals.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <iconv.h>

#include <fstream>

namespace cunzheng::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t people = 1000;

std::string gb18030(std::string text) {
  const auto converter = ::iconv_open("GB18030", "UTF-8");
  std::string out(text.size() * 2, '\0');
  auto* from = text.data();
  auto* to = out.data();
  auto from_left = text.size();
  auto to_left = out.size();
  EXPECT_EQ(::iconv(converter, &from, &from_left, &to, &to_left), 0U);
  ::iconv_close(converter);
  out.resize(out.size() - to_left);
  return out;
}

// Synthetic people: no two alike, so that each is looked for by itself.
std::string name_of(std::size_t person) {
  static const std::vector<std::string> digits{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
  return "测试甲" + digits[person / 100 % 10] + digits[person / 10 % 10] + digits[person % 10];
}

std::string id_number_of(std::size_t person) {
  auto serial = std::to_string(person);
  serial.insert(0, 3 - serial.size(), '0');
  const auto head = "12019919900101" + serial;
  for (const char check : std::string("0123456789X")) {
    if (domain::normalise_citizen_id(head + check, "id")) return head + check;
  }
  ADD_FAILURE() << head;
  return head;
}

std::vector<std::string> canaries() {
  std::vector<std::string> found;
  for (std::size_t person = 0; person < people; ++person) {
    found.push_back(name_of(person));
    found.push_back(gb18030(name_of(person)));
    found.push_back(id_number_of(person));
  }
  return found;
}

// How many of the canaries stand in some file of the folder, or in its name.
std::size_t count_found(const fs::path& folder, const std::vector<std::string>& canaries) {
  std::string everything;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    everything += file.path().string();
    if (!file.is_regular_file()) continue;
    std::ifstream stream(file.path(), std::ios::binary);
    everything.append(std::istreambuf_iterator<char>(stream), {});
    everything += '\n';
  }
  std::size_t found = 0;
  for (const auto& canary : canaries) found += everything.find(canary) != std::string::npos ? 1 : 0;
  return found;
}

TEST(Canary, NoNameOrNumberCanBeReadOnTheDisk) {
  const auto all = canaries();
  test::TempFolder folder;
  crypto::SystemRandom random;
  const auto key = crypto::SymmetricKey::draw(random);
  StoreOptions options;
  options.folder = folder.path() / "store";
  options.random = &random;

  test::SeededRandom salts(1);
  test::TestJournal journal(1);
  for (std::size_t person = 0; person < people; ++person) {
    journal.add(view_of("public"), test::private_part(salts, name_of(person) + gb18030(name_of(person)) + id_number_of(person)));
  }
  {
    auto store = create_leveldb_store(options, key);
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->append(journal.ranges(0, 600, 100)));
    bool was_reset = false;
    const auto rows = open_row_store(options, key, &was_reset);
    ASSERT_TRUE(rows);
    ASSERT_TRUE((*rows)->apply({{{"person", Bytes(16, 1)}, bytes_of(view_of(name_of(5) + id_number_of(5)))}}));
    store->reset();
    store = open_leveldb_store(options, key);  // the log becomes a table
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->append(journal.ranges(601, people, 100)));
    const Place erased{journal.id(), 3};
    ASSERT_TRUE((*store)->erase_private({&erased, 1}));
    EXPECT_EQ((*store)->item({journal.id(), 7})->item, journal.item(7));
  }
  EXPECT_EQ(count_found(folder.path(), all), 0U);

  // The same search does find what lies open.
  std::ofstream plain(folder.path() / "plain");
  for (const auto& item : journal.items()) plain << text_of(*item.private_part);
  plain.close();
  EXPECT_EQ(count_found(folder.path(), all), all.size());
}

}  // namespace
}  // namespace cunzheng::store
