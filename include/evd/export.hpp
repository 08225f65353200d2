#pragma once
/// What libevd.so shows: everything is compiled hidden, except what carries EVD_API. A class or function of a public
/// header that is defined in `src` carries it, and so do exception types, so that they are one type on both sides of
/// the border.

#define EVD_API __attribute__((visibility("default")))
