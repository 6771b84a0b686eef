// What every engine of the row store keeps, and what the one on disk does when its files are not what they were.

#include "shared/registers/mem_row_store.hpp"
#include "sync/store/leveldb_store.hpp"
#include "tests/support/faulty_disk.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace cunzheng::store {
namespace {

namespace fs = std::filesystem;
using Changes = std::map<RowKey, std::optional<Bytes>>;

RowKey row(const std::string& table, const std::string& key) { return {table, bytes_of(view_of(key))}; }
Bytes value(const std::string& text) { return bytes_of(view_of(text)); }

class MemRows {
 public:
  RowStore& rows() { return rows_; }

 private:
  registers::MemRowStore rows_;
};

class LevelRows {
 public:
  LevelRows() : key_(crypto::SymmetricKey::draw(random_)) {
    auto store = create_leveldb_store(options(), key_);
    EXPECT_TRUE(store);
    store->reset();
    EXPECT_TRUE(open());
    EXPECT_TRUE(was_reset());
  }

  RowStore& rows() { return *rows_; }
  StoreOptions options() {
    StoreOptions options;
    options.folder = folder_.path() / "store";
    options.random = &random_;
    options.env = &disk_;
    return options;
  }
  bool open() { return open_with(key_); }
  bool open_with(const crypto::SymmetricKey& key) {
    rows_.reset();
    auto opened = open_row_store(options(), key, &was_reset_);
    if (!opened) return false;
    rows_ = std::move(*opened);
    return true;
  }
  void close() { rows_.reset(); }
  bool was_reset() const { return was_reset_; }
  fs::path folder() { return options().folder / "rows"; }
  test::FaultyDisk& disk() { return disk_; }

 private:
  test::TempFolder folder_;
  test::SeededRandom random_{1};
  crypto::SymmetricKey key_;
  test::FaultyDisk disk_;
  bool was_reset_ = false;
  std::unique_ptr<RowStore> rows_;
};

template <class Engine>
class RowStoreContract : public ::testing::Test {
 protected:
  RowStore& rows() { return engine_.rows(); }

  std::vector<std::string> scan(const std::string& table, const std::string& prefix, std::size_t most = 100) {
    std::vector<std::string> found;
    EXPECT_TRUE(rows().scan(table, view_of(prefix), [&](ByteView key, ByteView held) {
      found.push_back(std::string(text_of(key)) + "=" + std::string(text_of(held)));
      return found.size() < most;
    }));
    return found;
  }

 private:
  Engine engine_;
};

using Engines = ::testing::Types<MemRows, LevelRows>;
TYPED_TEST_SUITE(RowStoreContract, Engines);

TYPED_TEST(RowStoreContract, HoldsWhatWasAppliedLast) {
  EXPECT_EQ(*this->rows().get(row("a", "1")), std::nullopt);
  ASSERT_TRUE(this->rows().apply({{row("a", "1"), value("x")}, {row("a", "2"), value("")}}));
  ASSERT_TRUE(this->rows().apply({{row("a", "1"), value("y")}, {row("b", "1"), value("z")}}));
  EXPECT_EQ(*this->rows().get(row("a", "1")), value("y"));
  EXPECT_EQ(*this->rows().get(row("a", "2")), value(""));
  ASSERT_TRUE(this->rows().apply({{row("a", "1"), std::nullopt}, {row("a", "9"), std::nullopt}}));
  EXPECT_EQ(*this->rows().get(row("a", "1")), std::nullopt);
  EXPECT_EQ(*this->rows().get(row("b", "1")), value("z"));
  EXPECT_TRUE(this->rows().apply({}));
}

// Rows of one table whose key begins with the prefix, in the order of their bytes, until the caller has enough.
TYPED_TEST(RowStoreContract, ScansInOrderOfKeys) {
  ASSERT_TRUE(this->rows().apply({{row("a", "b1"), value("1")},
                                  {row("a", "b\xff"), value("2")},
                                  {row("a", "b"), value("3")},
                                  {row("a", "c"), value("4")},
                                  {row("a", ""), value("5")},
                                  {row("ab", "b2"), value("6")},
                                  {row("", "b3"), value("7")}}));
  EXPECT_EQ(this->scan("a", "b"), (std::vector<std::string>{"b=3", "b1=1", "b\xff=2"}));
  EXPECT_EQ(this->scan("a", ""), (std::vector<std::string>{"=5", "b=3", "b1=1", "b\xff=2", "c=4"}));
  EXPECT_EQ(this->scan("a", "", 2), (std::vector<std::string>{"=5", "b=3"}));
  EXPECT_EQ(this->scan("ab", "b"), (std::vector<std::string>{"b2=6"}));
  EXPECT_TRUE(this->scan("none", "").empty());
}

TYPED_TEST(RowStoreContract, ClearsEverything) {
  ASSERT_TRUE(this->rows().apply({{row("a", "1"), value("x")}, {row("b", "1"), value("y")}}));
  ASSERT_TRUE(this->rows().clear());
  EXPECT_TRUE(this->scan("a", "").empty());
  EXPECT_TRUE(this->scan("b", "").empty());
  ASSERT_TRUE(this->rows().apply({{row("a", "2"), value("z")}}));
  EXPECT_EQ(this->scan("a", ""), (std::vector<std::string>{"2=z"}));
}

// Rows stay when the store is opened again; with another key, damaged, or half deleted they are made anew and say so.
TEST(LevelDbRows, StayOrAreMadeAnew) {
  LevelRows engine;
  ASSERT_TRUE(engine.rows().apply({{row("a", "1"), value("x")}}));
  ASSERT_TRUE(engine.open());
  EXPECT_FALSE(engine.was_reset());
  EXPECT_EQ(*engine.rows().get(row("a", "1")), value("x"));

  test::SeededRandom random(5);
  const auto other_key = crypto::SymmetricKey::draw(random);
  ASSERT_TRUE(engine.open_with(other_key));
  EXPECT_TRUE(engine.was_reset());
  ASSERT_TRUE(engine.open());
  EXPECT_TRUE(engine.was_reset());

  for (const auto* victim : {"CURRENT", "MANIFEST", ".log"}) {
    ASSERT_TRUE(engine.rows().apply({{row("a", "1"), value(std::string(1000, 'x'))}}));
    engine.close();
    for (const auto& file : fs::directory_iterator(engine.folder())) {
      if (file.path().filename().string().find(victim) == std::string::npos) continue;
      std::fstream stream(file.path(), std::ios::in | std::ios::out | std::ios::binary);
      stream.seekp(5);
      stream.write("damage", 6);
    }
    ASSERT_TRUE(engine.open()) << victim;
    EXPECT_TRUE(engine.was_reset()) << victim;
    EXPECT_EQ(*engine.rows().get(row("a", "1")), std::nullopt);
  }
}

// Only beside a store: rows alone mean nothing.
TEST(LevelDbRows, NeedAStore) {
  test::TempFolder folder;
  test::SeededRandom random(1);
  StoreOptions options;
  options.folder = folder.path();
  options.random = &random;
  EXPECT_EQ(open_row_store(options, crypto::SymmetricKey::draw(random), nullptr).error().code, FailureCode::not_found);
}

// They may be open beside the entry store, but not twice.
TEST(LevelDbRows, AreOpenOnce) {
  LevelRows engine;
  test::SeededRandom random(1);
  EXPECT_EQ(open_row_store(engine.options(), crypto::SymmetricKey::draw(random), nullptr).error().code,
            FailureCode::unavailable);
}

// The power goes at any moment: rows and cursor are as of one earlier moment together, or made anew.
TEST(LevelDbRows, AreNeverTorn) {
  int kept = 0;
  for (std::size_t k = 1; k < 160 && !::testing::Test::HasFailure(); k += 3) {
    SCOPED_TRACE("call " + std::to_string(k));
    LevelRows engine;
    engine.disk().arm(test::DiskFault::power_cut, k);
    bool applied = true;
    for (int moment = 1; applied && moment <= 60; ++moment) {
      const auto text = std::to_string(moment);
      applied = engine.rows().apply({{row("a", "row"), value(text)}, {row("b", text), value(std::string(900, 'x'))},
                                     {row("cursor", ""), value(text)}}).has_value();
      if (!applied) {
        EXPECT_EQ(engine.rows().get(row("a", "row")).error().code, FailureCode::unavailable);
      }
    }
    engine.close();
    test::SeededRandom random(k);
    engine.disk().lose_unsynced(random);
    engine.disk().disarm();
    ASSERT_TRUE(engine.open());
    const auto cursor = engine.rows().get(row("cursor", ""));
    ASSERT_TRUE(cursor);
    EXPECT_EQ(*cursor, *engine.rows().get(row("a", "row")));
    if (*cursor) ++kept;
  }
  EXPECT_GT(kept, 0);
}

// Names of tables and values are not to be read on the disk.
TEST(LevelDbRows, AreSealed) {
  LevelRows engine;
  ASSERT_TRUE(engine.rows().apply({{row("certificate", "1"), value("a name that nobody may read")}}));
  engine.close();
  for (const auto& file : fs::recursive_directory_iterator(engine.options().folder)) {
    if (!file.is_regular_file()) continue;
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(content.find("nobody may read"), std::string::npos);
    EXPECT_EQ(content.find("certificate"), std::string::npos);
  }
}

}  // namespace
}  // namespace cunzheng::store
