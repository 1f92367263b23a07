//! Where generated customers live.

pub(super) struct Country {
    pub code: &'static str,
    pub given: &'static [&'static str],
    pub family: &'static [&'static str],
    pub streets: &'static [&'static str],
    /// City and its postal code; `#` stands for a digit.
    pub cities: &'static [(&'static str, &'static str)],
    /// The number stands before the street.
    pub number_first: bool,
}

pub(super) const COUNTRIES: [Country; 8] = [
    Country {
        code: "DE",
        given: &[
            "Anna", "Lukas", "Marie", "Jonas", "Lena", "Felix", "Clara", "Paul", "Greta", "Emil", "Ayşe",
            "Jürgen",
        ],
        family: &[
            "Müller",
            "Schneider",
            "Weber",
            "Wagner",
            "Becker",
            "Hoffmann",
            "Krüger",
            "Vogel",
            "Yılmaz",
            "Groß",
        ],
        streets: &["Lindenstraße", "Hauptstraße", "Bergweg", "Am Markt", "Gartenstraße", "Schillerplatz"],
        cities: &[
            ("Berlin", "10###"),
            ("Hamburg", "20###"),
            ("Leipzig", "041##"),
            ("Köln", "50###"),
            ("Freiburg", "791##"),
        ],
        number_first: false,
    },
    Country {
        code: "BE",
        given: &["Lotte", "Wout", "Noor", "Arthur", "Louise", "Jules", "Elise", "Milan", "Ines", "Bram"],
        family: &[
            "Peeters", "Janssens", "Maes", "Jacobs", "Willems", "Claes", "Dubois", "Lambert", "De Smet",
        ],
        streets: &["Kerkstraat", "Stationsstraat", "Rue du Moulin", "Molenweg", "Rue Haute", "Kapelstraat"],
        cities: &[
            ("Gent", "9000"),
            ("Antwerpen", "2000"),
            ("Liège", "4000"),
            ("Leuven", "3000"),
            ("Namur", "5000"),
        ],
        number_first: false,
    },
    Country {
        code: "FR",
        given: &["Camille", "Léa", "Hugo", "Chloé", "Louis", "Manon", "Gabriel", "Inès", "Théo", "Zoé"],
        family: &["Martin", "Bernard", "Petit", "Moreau", "Lefèvre", "Roux", "Fournier", "Girard", "N'Diaye"],
        streets: &[
            "rue de la Paix",
            "rue Victor Hugo",
            "avenue de la Gare",
            "place de l'Église",
            "rue des Lilas",
        ],
        cities: &[
            ("Lyon", "6900#"),
            ("Nantes", "44000"),
            ("Lille", "59000"),
            ("Bordeaux", "33000"),
            ("Rennes", "35000"),
        ],
        number_first: true,
    },
    Country {
        code: "NL",
        given: &["Sanne", "Daan", "Emma", "Sem", "Julia", "Thijs", "Fleur", "Lars", "Roos", "Joris"],
        family: &["de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "Mulder"],
        streets: &["Dorpsstraat", "Kerkstraat", "Prinsengracht", "Julianalaan", "Molenweg", "Oudegracht"],
        cities: &[
            ("Utrecht", "35## AB"),
            ("Amsterdam", "10## DK"),
            ("Groningen", "97## KM"),
            ("Delft", "26## EX"),
        ],
        number_first: false,
    },
    Country {
        code: "IT",
        given: &["Giulia", "Marco", "Sofia", "Luca", "Chiara", "Matteo", "Elena", "Andrea", "Martina"],
        family: &["Rossi", "Bianchi", "Ferrari", "Esposito", "Romano", "Colombo", "Greco", "D'Angelo"],
        streets: &["Via Roma", "Via Garibaldi", "Corso Italia", "Piazza Dante", "Via dei Mille"],
        cities: &[("Torino", "101##"), ("Bologna", "401##"), ("Firenze", "501##"), ("Trieste", "341##")],
        number_first: false,
    },
    Country {
        code: "SE",
        given: &["Elsa", "Nils", "Astrid", "Oskar", "Maja", "Axel", "Ebba", "Björn", "Signe"],
        family: &["Andersson", "Lindqvist", "Öberg", "Nyström", "Holm", "Sjöberg", "Åkesson"],
        streets: &["Storgatan", "Kungsgatan", "Björkvägen", "Skolgatan", "Ängsvägen"],
        cities: &[("Göteborg", "411 ##"), ("Malmö", "211 ##"), ("Uppsala", "753 ##"), ("Umeå", "903 ##")],
        number_first: false,
    },
    Country {
        code: "IE",
        given: &["Aoife", "Conor", "Niamh", "Seán", "Ciara", "Oisín", "Maeve", "Liam"],
        family: &["Murphy", "O'Brien", "Kelly", "Byrne", "Ryan", "Walsh", "Ní Dhomhnaill"],
        streets: &["Main Street", "Church Road", "Quay Street", "Abbey Street", "Bridge Lane"],
        cities: &[
            ("Dublin", "D08 X2##"),
            ("Cork", "T12 W8##"),
            ("Galway", "H91 E4##"),
            ("Sligo", "F91 K3##"),
        ],
        number_first: true,
    },
    Country {
        code: "PL",
        given: &["Zofia", "Jan", "Hanna", "Jakub", "Maja", "Szymon", "Łucja", "Wojciech"],
        family: &["Nowak", "Kowalska", "Wiśniewski", "Wójcik", "Zieliński", "Dąbrowska", "Król"],
        streets: &["ul. Długa", "ul. Kwiatowa", "ul. Słoneczna", "ul. Mickiewicza", "ul. Polna"],
        cities: &[("Kraków", "30-###"), ("Gdańsk", "80-###"), ("Wrocław", "50-###"), ("Poznań", "60-###")],
        number_first: false,
    },
];
