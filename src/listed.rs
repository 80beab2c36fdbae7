//! Enums whose members have names that people write, declared in one place: a member that is added is in the
//! list and has its name, and every `match` on it must say what becomes of it.

/// Declares an enum with `ALL`, `as_str` and `Display`.
macro_rules! listed {
    ($(#[$about:meta])* $vis:vis enum $name:ident {
        $($(#[$doc:meta])* $member:ident = $text:literal,)+
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[$doc])* $member,)+
        }

        impl $name {
            /// Every one, in the order in which they are listed to a person.
            #[allow(dead_code, reason = "of some, only the tests ask for all")]
            $vis const ALL: [Self; [$($text),+].len()] = [$(Self::$member),+];

            /// The name by which a person knows it.
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use listed;
