#pragma once
// The house rules a program can see. Each check is a function of one file; tree_test.cpp runs them over the tree,
// planted_test.cpp shows that each catches what it is for.

#include "tests/tidy/source.hpp"

#include <set>
#include <string>
#include <string_view>

namespace cunzheng::tidy {

// layers.cpp: which room may include which, and which foreign headers (the table stands there).
Complaints layers(const Source& source);
// True for a folder that has a row in the table of layers.
bool is_room(std::string_view folder);
// The pure rooms (shared, sync/core) read no clock, draw no chance, start no thread, loop over nothing unordered.
Complaints determinism(const Source& source);

// awaits.cpp: GCC 12 miscompiles temporaries around co_await. One plain co_await per statement, alone or right of '=';
// its operands are names; not in conditions, braces or catch; no coroutine lambda with captures.
Complaints await_shapes(const Source& source);

// iterators.cpp: a LevelDB iterator that meets damage just ends. Whoever asks Valid() reads status() afterwards.
Complaints unread_iterators(const Source& source);

// words.cpp
Complaints leftovers(const Source& source);       // marks of unfinished work
Complaints private_places(const Source& source);  // paths of the machines it was written on
Complaints too_long(const Source& source);        // more than 600 lines of code
// Rules and orders (R9, O4) named in comments, messages and tests stand in the list of rules.
Complaints unknown_rules(const Source& source, const std::set<std::string>& listed);
std::set<std::string> rules_in(std::string_view document);  // a range names all between

// ids.cpp: what the law names is data (deploy/data), never code. Adds the ids that a data file defines.
void add_ids(std::string_view data, std::set<std::string>& ids);
// String literals of the programs that name an id, or are a day. An id of one plain word ("school") is named only by a
// literal that is that word and nothing else, a compound one ("n4-dog") wherever it stands as a word. The lists of
// enumerators' names (EnumNames) are code's own words, even where the data use the same ("other").
Complaints named_data(const Source& source, const std::set<std::string>& ids);

}  // namespace cunzheng::tidy
