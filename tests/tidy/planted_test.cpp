// Each check catches what it is for: a violation is planted in a text and must be seen, its innocent twin must not.

#include "tests/tidy/checks.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::tidy {
namespace {

Complaints layers_of(std::string path, std::string text) { return layers({std::move(path), std::move(text)}); }

// Inside a coroutine of a file that has one.
Complaints awaits_in(const std::string& statements) {
  return await_shapes({"sync/link/pump.cpp", "net::awaitable<void> pump(Stream stream) {\n" + statements + "\n}\n"});
}

Complaints iterators_in(std::string text) {
  return unread_iterators({"sync/store/leveldb_store.cpp", std::move(text)});
}

// ---------------------------------------------------------------- reading

TEST(Source, CommentsAndLiteralsAreNoCode) {
  EXPECT_EQ(code_only("a /* b */ c // d\ne"), "a         c     \ne");
  EXPECT_EQ(code_only(R"(f("x; \" y", 'z', '"', 1'000);)"), R"(f("       ", ' ', ' ', 1'000);)");
  EXPECT_EQ(code_only("R\"q(a)\" b)q\" c"), "R\"q(     )q\" c");
}

TEST(Source, IncludesAreReadWithTheirLines) {
  const auto includes = includes_of({"a.cpp", "// #include <no>\n#include \"b/c.hpp\"\n#include <map>  // why\n"});
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].header, "b/c.hpp");
  EXPECT_EQ(includes[0].line, 2U);
  EXPECT_TRUE(includes[0].quoted);
  EXPECT_EQ(includes[1].header, "map");
  EXPECT_FALSE(includes[1].quoted);
}

TEST(Source, BlocksKnowWhatOpensThem) {
  const std::string code = "void f() { for (int i = 0; i < 3; ++i) { g([x] { h(); }); } }";
  const auto around = blocks_around(blocks_of(code), code.find("h()"));
  ASSERT_EQ(around.size(), 3U);
  EXPECT_EQ(around[0].head, " g([x] ");
  EXPECT_EQ(around[1].head, " for (int i = 0; i < 3; ++i) ");
  EXPECT_EQ(around[2].head, "void f() ");
  EXPECT_EQ(around[2].close, code.size() - 1);
}

TEST(Source, PatternsFitPaths) {
  EXPECT_TRUE(fits("hub/web/pages.cpp", "hub/*.cpp"));
  EXPECT_TRUE(fits("hub/app.cpp", "hub/app.cpp"));
  EXPECT_FALSE(fits("hub/app.hpp", "hub/*.cpp"));
  EXPECT_FALSE(fits("hub/", "hub/*/"));
}

// ---------------------------------------------------------------- layers

struct Planted {
  std::string path;
  std::string include;
};

TEST(Layers, WhatIsOutOfBoundsIsCaught) {
  const std::vector<Planted> planted{
      {"shared/base/bytes.hpp", "\"shared/codec/archive.hpp\""},      // upward
      {"shared/domain/seal.cpp", "\"shared/journal/entry.hpp\""},     // upward
      {"shared/registers/fold.cpp", "\"sync/core/session.hpp\""},     // upward
      {"sync/store/leveldb_store.cpp", "\"sync/core/session.hpp\""},  // the store knows no protocol
      {"sync/core/session.hpp", "\"sync/store/entry_store.hpp\""},    // the protocol knows no store
      {"sync/link/driver.cpp", "\"shared/domain/office.hpp\""},       // the link carries, it does not understand
      {"sync/carry/bundle.cpp", "\"sync/link/driver.hpp\""},
      {"client/desk.cpp", "\"hub/gate.hpp\""},
      {"hub/gate.cpp", "\"client/desk.hpp\""},
      {"hub/gate.cpp", "\"tests/support/people.hpp\""},
      {"hub/gate.cpp", "\"gate.hpp\""},  // not from the root
      {"sync/tape/tape.cpp", "<map>"},   // no such room
      {"shared/base/time.cpp", "<mutex>"},
      {"sync/core/flow.cpp", "<unordered_map>"},
      {"shared/registers/order.cpp", "<unistd.h>"},
      {"shared/journal/chain.cpp", "<boost/asio.hpp>"},
      {"sync/core/session.cpp", "<boost/beast/websocket.hpp>"},
      {"sync/link/driver.hpp", "<boost/asio/io_context.hpp>"},    // only in a .cpp
      {"sync/store/leveldb_store.cpp", "<boost/asio/post.hpp>"},  // only in store_thread.cpp
      {"client/desk.cpp", "<boost/asio/io_context.hpp>"},
      {"sync/store/entry_store.hpp", "<leveldb/db.h>"},
      {"client/desk.cpp", "<leveldb/db.h>"},
      {"shared/domain/catalogue.cpp", "<boost/json.hpp>"},
      {"shared/codec/archive.hpp", "<boost/json.hpp>"},
      {"shared/journal/entry.cpp", "<cereal/archives/binary.hpp>"},
      {"shared/crypto/vault.hpp", "<sodium.h>"},
      {"client/desk.cpp", "<sodium.h>"},
      {"shared/domain/office.hpp", "<tl/expected.hpp>"},
      {"shared/journal/chain.cpp", "<spdlog/spdlog.h>"},
      {"hub/gate.cpp", "<gtest/gtest.h>"},
  };
  for (const auto& plant : planted) {
    EXPECT_EQ(layers_of(plant.path, "#include " + plant.include + "\n").size(), 1U)
        << plant.path << " " << plant.include;
  }
}

TEST(Layers, WhatIsInBoundsIsNot) {
  const std::vector<Planted> innocent{
      {"shared/codec/json.hpp", "<boost/json.hpp>"},
      {"shared/domain/office.hpp", "<cereal/cereal.hpp>"},
      {"shared/base/result.hpp", "<tl/expected.hpp>"},
      {"shared/base/time.cpp", "<chrono>"},
      {"shared/crypto/vault.cpp", "<sodium.h>"},
      {"shared/registers/fold.cpp", "\"shared/journal/entry.hpp\""},
      {"sync/core/session.hpp", "\"shared/journal/range.hpp\""},
      {"sync/store/leveldb_store.cpp", "<leveldb/db.h>"},
      {"sync/store/commit_mark.cpp", "<unistd.h>"},
      {"sync/store/store_thread.cpp", "<boost/asio/post.hpp>"},
      {"sync/link/driver.cpp", "\"sync/core/session.hpp\""},
      {"client/web/server.cpp", "<boost/beast/http.hpp>"},
      {"client/desk.cpp", "\"shared/domain/office.hpp\""},
      {"hub/main.cpp", "<CLI/CLI.hpp>"},
      {"tests/e2e/first_test.cpp", "\"hub/gate.hpp\""},
  };
  for (const auto& plant : innocent) {
    EXPECT_TRUE(layers_of(plant.path, "#include " + plant.include + "\n").empty())
        << plant.path << " " << plant.include;
  }
  EXPECT_TRUE(layers_of("shared/domain/rules.md", "#include \"hub/gate.hpp\"\n").empty()) << "no code, no layer";
}

TEST(Determinism, ClocksChanceAndOrderlessThingsAreCaught) {
  for (const std::string word : {"std::chrono::system_clock::now()", "std::chrono::steady_clock::time_point at",
                                 "std::random_device chance", "std::unordered_map<int, int> rows", "getenv(\"TZ\")"}) {
    EXPECT_EQ(determinism({"sync/core/session.cpp", "\n" + word + ";\n"}).size(), 1U) << word;
    EXPECT_TRUE(determinism({"client/app.cpp", word + ";\n"}).empty()) << word << " may stand in the shell";
    EXPECT_TRUE(determinism({"sync/core/session.cpp", "// never " + word + "\n"}).empty()) << "a comment";
  }
  EXPECT_EQ(determinism({"shared/base/time.cpp", "\n\nsystem_clock x;"}).front().line, 3U);
}

// ---------------------------------------------------------------- coroutines

TEST(AwaitShapes, WhatGccMiscompilesIsCaught) {
  for (const std::string statement : {
           "  co_await first(co_await second());",                  // two in one
           "  if (co_await ready()) go();",                         // in a condition
           "  if (const auto x = co_await ready(); x) go();",       //
           "  while (co_await next()) go();",                       //
           "  const auto x = full ? co_await drain() : 0;",         // in a choice
           "  const auto x = full && co_await drain();",            //
           "  const auto x = co_await drain() && full;",            //
           "  const auto x = co_await (full ? drain() : fill());",  //
           "  const Frame frame{co_await next()};",                 // in braces
           "  const auto frame = Frame{1, co_await next()};",       //
           "  co_await send({1, 2});",                              // braces as operand
           "  co_await send(Frame{1, 2});",                         //
           "  co_await each([](int x) { use(x); });",               //
           "  co_await write(net::buffer(frame));",                 // an operand that is no name
           "  co_await say(\"hello\");",                            //
           "  total += co_await count();",                          // not a plain '='
           "  use(co_await next());",                               // as an argument
           "  co_return co_await next();",                          //
           "  try { go(); } catch (const std::exception&) { co_await close(); }",
           "  spawn([this]() -> net::awaitable<void> { co_await run(); });",
           "  auto task = [&] { if (full) { co_await run(); } };",
       }) {
    EXPECT_EQ(awaits_in(statement).empty(), false) << statement;
  }
}

TEST(AwaitShapes, ThePlainShapesAreNot) {
  for (const std::string statement : {
           "  co_await run();",
           "  const auto frame = co_await next();",
           "  auto [error, written] = co_await socket_.async_write(view, as_tuple);",
           "  auto& peer = co_await find(name);",
           "  frame = co_await next();",
           "  co_await send(std::move(frame));",
           "  const auto executor = co_await net::this_coro::executor;",
           "  if (full) {\n    co_await drain();\n  } else {\n    co_await fill();\n  }",
           "  for (;;) {\n    const auto frame = co_await next();\n  }",
           "  switch (state) {\n    case State::open: co_await run(); break;\n    default: co_await close();\n  }",
           "  try {\n    co_await run();\n  } catch (const std::exception&) {\n    failed = true;\n  }",
           "  spawn([](Stream own) -> net::awaitable<void> { co_await own.run(); });",
           "  // if (co_await x) is wrong",
           "  say(\"if (co_await x)\");",
       }) {
    const auto complaints = awaits_in(statement);
    EXPECT_TRUE(complaints.empty()) << statement << "\n" << (complaints.empty() ? "" : complaints.front().what);
  }
}

TEST(AwaitShapes, TheLineIsNamed) {
  const auto complaints = awaits_in("  co_await run();\n\n  use(co_await next());");
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_EQ(complaints.front().line, 4U);
}

// ---------------------------------------------------------------- iterators

TEST(Iterators, AStatusThatNobodyReadsIsCaught) {
  EXPECT_EQ(iterators_in("namespace a {\nvoid f() {\n  for (it->SeekToFirst(); it->Valid(); it->Next()) use(it);\n}\n"
                         "void g() { check(it->status()); }\n}\n")
                .size(),
            1U)
      << "the status is read, but in another function";
  EXPECT_EQ(iterators_in("bool f() {\n  check(it->status());\n  it->Seek(key);\n  return it->Valid();\n}\n").size(), 1U)
      << "read before it was asked, not after";
  EXPECT_EQ(iterators_in("void f() {\n  while (it->Valid()) it->Next();\n  // it->status()\n}\n").size(), 1U);
}

TEST(Iterators, AStatusThatIsReadIsNot) {
  EXPECT_TRUE(
      iterators_in("namespace a {\nclass Store : Base {\n  Status f() {\n    for (; it->Valid(); it->Next()) {\n"
                   "      use(it);\n    }\n    return of(it->status());\n  }\n};\n}\n")
          .empty());
  EXPECT_TRUE(
      iterators_in("void f() {\n  if (full) {\n    while (it->Valid()) it->Next();\n  }\n  check(it->status());\n}\n")
          .empty());
}

// ---------------------------------------------------------------- words

TEST(Words, MarksOfUnfinishedWorkAreCaught) {
  for (const auto& mark : {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X"}) {
    EXPECT_EQ(leftovers({"hub/README.md", "one\ntwo " + mark + ": later\n"}).size(), 1U) << mark;
    EXPECT_TRUE(leftovers({"hub/README.md", mark + "_1\n"}).empty()) << "part of a longer word";
  }
}

TEST(Words, PathsOfOneMachineAreCaught) {
  const auto place = std::string("/wo") + "rk/";
  EXPECT_EQ(private_places({"deploy/try.sh", "cp " + place + "x .\n"}).size(), 1U);
  EXPECT_TRUE(private_places({"hub/README.md", "see net" + place + "x\n"}).empty());
}

TEST(Words, LongFilesAreCaught) {
  const auto lines = [](std::size_t count) {
    std::string text;
    for (std::size_t k = 0; k < count; ++k) text += "x;\n";
    return text;
  };
  EXPECT_EQ(too_long({"hub/gate.cpp", lines(601)}).size(), 1U);
  EXPECT_TRUE(too_long({"hub/gate.cpp", lines(600)}).empty());
  EXPECT_TRUE(too_long({"shared/domain/RULES.md", lines(2000)}).empty()) << "documents may be long";
}

// Built from parts, so that this file does not name a rule that is not there.
std::string rule(int number) { return "R" + std::to_string(number); }

TEST(Words, RulesThatNobodyListedAreCaught) {
  const std::set<std::string> listed{"R9", "O4"};
  const auto unlisted = rule(998);
  const std::string flag = "-O";
  const auto complaints_of = [&](const std::string& text) {
    return unknown_rules({"tests/unit/seal_test.cpp", text}, listed).size();
  };
  EXPECT_EQ(complaints_of("\n// as " + unlisted + " and " + rule(997) + " say\n"), 2U);
  EXPECT_EQ(complaints_of("TEST(Seal, " + unlisted + "_keeper) {}\n"), 1U);
  EXPECT_EQ(complaints_of("fail(text, \"" + unlisted + "\");\n"), 1U);
  EXPECT_EQ(complaints_of("// R9, O4; built with " + flag + "2; " + unlisted + "D2\n"), 0U);
}

TEST(Words, TheListOfRulesIsRead) {
  const auto rules = rules_in("- **R9** both\n| R1, R2 | O4 |\n" + rule(897) + "-" + rule(899) + " are one\n");
  EXPECT_EQ(rules, (std::set<std::string>{"O4", "R1", "R2", "R9", rule(897), rule(898), rule(899)}));
}

// ---------------------------------------------------------------- ids of the data

TEST(Source, LiteralsAreRead) {
  const auto literals = literals_of("#include \"a.hpp\"\n// \"no\"\nf(\"one\", 'x', \"two \\\" three\");");
  ASSERT_EQ(literals.size(), 2U);
  EXPECT_EQ(literals[0].text, "one");
  EXPECT_EQ(literals[1].text, "two \\\" three");
}

TEST(Ids, TheDataAreRead) {
  std::set<std::string> ids;
  add_ids(R"({"revision": 7, "parameters": {"age_max": 3}, "flags": {"bell_rung": {"zh": "敲\"钟", "en": ""}},
    "items": [{"id": "n4-dog", "fields": [{"key": "address"}, {"key": "notice_from"}], "ok": true,
               "marks": {"key": "KEY"}}],
    "kinds": [{"kind": "school", "label": {"zh": "学校"}}], "sources": [{"key": "SEED"}]})",
          ids);
  EXPECT_EQ(ids, (std::set<std::string>{"bell_rung", "n4-dog", "notice_from", "school"}));
}

TEST(Ids, NamedInCodeAreCaught) {
  const std::set<std::string> ids{"school", "other", "n4-dog", "land_contract"};
  const auto complaints_of = [&](const std::string& text, const std::string& path = "shared/domain/rules.cpp") {
    return named_data({path, "\n" + text + "\n"}, ids).size();
  };
  EXPECT_EQ(complaints_of("if (item == ItemId(\"n4-dog\")) refuse();"), 1U);
  EXPECT_EQ(complaints_of("say(\"not for n4-dog, land_contract\");"), 2U) << "compound: anywhere";
  EXPECT_EQ(complaints_of("if (kind == \"school\") permit();", "hub/gate.cpp"), 1U);
  EXPECT_EQ(complaints_of("constexpr auto from = \"2026-07-01\";"), 1U);
  EXPECT_EQ(named_data({"client/desk.cpp", "a;\nb(\"other\");\n"}, ids).front().line, 2U);

  EXPECT_EQ(complaints_of("say(\"ask the school\");"), 0U) << "a plain word in a sentence is no id";
  EXPECT_EQ(complaints_of("say(\"n4-dogs\", \"my_land_contract\");"), 0U) << "part of a longer word";
  EXPECT_EQ(complaints_of("// n4-dog, \"n4-dog\""), 0U);
  EXPECT_EQ(complaints_of("static constexpr std::array names{\"lost\", \"other\"};"), 0U) << "enumerators";
  EXPECT_EQ(complaints_of("say(\"write it like 2026-05-11\");"), 0U);
  EXPECT_EQ(complaints_of("issue(\"n4-dog\");", "tests/unit/desk_test.cpp"), 0U) << "tests name what they try";
}

}  // namespace
}  // namespace cunzheng::tidy
