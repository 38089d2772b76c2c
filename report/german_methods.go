package report

// germanMethods are the methods of lines, and fixed reasons why one is not assessed.
func germanMethods() map[string]string {
	return map[string]string{
		// Methods of several parts are translated part by part.
		"float32, median of repeats by the wall clock less that of empty ones, order-statistic interval":                             "float32, Median der Wiederholungen nach der Uhr abzüglich dem von leeren, Intervall aus Ordnungsstatistiken",
		"processor time of other processes, the kernel and other guests, as a share of all cores over the same windows as the times": "Prozessorzeit anderer Prozesse, des Kerns und anderer Gäste, als Anteil aller Kerne in denselben Zeitfenstern wie die Zeiten",
		"high-water mark of the cgroup, less what it held before":                                                                    "Höchststand der Cgroup, abzüglich dessen, was sie vorher hielt",
		"cached files and other processes in it are included":                                                                        "zwischengespeicherte Dateien und andere Prozesse darin eingeschlossen",
		"high-water mark of the resident set, reset before, less its size then":                                                      "Höchststand des belegten Arbeitsspeichers, vorher zurückgesetzt, abzüglich der Größe dann",
		"highest of reads every 10 ms and at the end, less the size before":                                                          "Höchstwert von Ablesungen alle 10 ms und am Ende, abzüglich der Größe vorher",
		"what waits for collection is included":                                                                                      "was auf Freigabe wartet, ist eingeschlossen",
		"wall meter: of the whole machine":                                                                                           "Steckdosenmessgerät: der ganze Rechner",
		"the range is a step of the meter either way":                                                                                "die Spanne ist ein Schritt des Geräts in jede Richtung",
		"RAPL: energy counters of processors and memory, read through powercap":                                                      "RAPL: Energiezähler von Prozessoren und Speicher, über powercap gelesen",
		"perf: energy counters of processors and memory, read as power events":                                                       "perf: Energiezähler von Prozessoren und Speicher, als Ereignisse gelesen",
		"over the same run as the time, idle power included":                                                                         "im selben Lauf wie die Zeit, mit Leerlaufleistung",
		"over the same run as the time, less idle power for as long":                                                                 "im selben Lauf wie die Zeit, abzüglich Leerlaufleistung für diese Dauer",
		"the range is by idle power before and after":                                                                                "die Spanne folgt aus der Leerlaufleistung davor und danach",
		"over a second without work, before and after":                                                                               "über eine Sekunde ohne Arbeit, davor und danach",
		"the range is from one to the other":                                                                                         "die Spanne reicht vom einen zum anderen",
		"a model, not measured: processor seconds times a stated range of watts per core":                                            "ein Modell, nicht gemessen: Prozessorsekunden mal einer genannten Spanne von Watt je Kern",
		"a range, not a confidence interval":                                                                                         "eine Spanne, kein Konfidenzintervall",

		"energy is modelled from processor time, not measured":           "Energie ist aus Prozessorzeit gerechnet, nicht gemessen",
		"the power of the idle machine was not measured":                 "die Leistung des leerlaufenden Rechners wurde nicht gemessen",
		"this system does not tell how busy it is":                       "dieses System nennt seine Auslastung nicht",
		"this system does not let the peak of the resident set be reset": "dieses System lässt den Höchststand des Arbeitsspeichers nicht zurücksetzen",
		"there is one column, and nothing to leave out":                  "es gibt eine Spalte und nichts wegzulassen",
		"there is one column, and no other":                              "es gibt eine Spalte und keine andere",
		"no quadrature settles":                                          "keine Quadratur beruhigt sich",
		"not offered by this family, or no quadrature settles":           "von dieser Familie nicht angeboten, oder keine Quadratur beruhigt sich",
		"every case is -Inf":                                             "jeder Fall ist −Inf",

		"number of test rows whose log-density is not finite":                                                                                                                      "Anzahl der Testzeilen, deren Log-Dichte nicht endlich ist",
		"number of the model's own samples whose log-density under the model is not finite":                                                                                        "Anzahl eigener Stichproben des Modells, deren Log-Dichte unter ihm nicht endlich ist",
		"row to latent code and back in float64, largest relative error":                                                                                                           "Zeile zum latenten Code und zurück in float64, größter relativer Fehler",
		"densities of some columns against the quadrature of the density of one column more, largest error":                                                                        "Dichten einiger Spalten gegen die Quadratur der Dichte einer Spalte mehr, größter Fehler",
		"densities of some columns given the others against the joint density over its quadrature, largest error; samples with half the columns drawn again against other samples": "Dichten einiger Spalten, gegeben die anderen, gegen die gemeinsame Dichte durch ihre Quadratur, größter Fehler; Stichproben mit neu gezogener Hälfte der Spalten gegen andere Stichproben",
		"log-density of test rows, samples and the ends of searches, less that at the mode, highest":                                                                               "Log-Dichte von Testzeilen, Stichproben und Enden von Suchen, abzüglich der am Modus, höchste",
		"densities of rows with holes against the quadrature of the joint density, largest error; samples with half the columns filled in against other samples":                   "Dichten von Zeilen mit Lücken gegen die Quadratur der gemeinsamen Dichte, größter Fehler; Stichproben mit ergänzter Hälfte der Spalten gegen andere Stichproben",
		"distribution functions of all columns against the model's own samples, largest distance, band of Dvoretzky, Kiefer, Wolfowitz and Massart":                                "Verteilungsfunktionen aller Spalten gegen eigene Stichproben des Modells, größter Abstand, Band nach Dvoretzky, Kiefer, Wolfowitz und Massart",

		"round trips through the map and its inverse in float64, largest relative error":                   "durch die Abbildung und ihre Umkehrung in float64, größter relativer Fehler",
		"adaptive Gauss quadrature over all of space, stable when every cell is halved":                    "adaptive Gauß-Quadratur über den ganzen Raum, stabil bei Halbierung jeder Zelle",
		"both directions and the log-density against the determinant of a numeric Jacobian, largest error": "beide Richtungen und die Log-Dichte gegen die Determinante einer numerischen Jacobi-Matrix, größter Fehler",

		"mean over the test rows in the data's units, Student's t interval":                                                      "Mittel über die Testzeilen in den Einheiten der Daten, t-Intervall nach Student",
		"model minus full-covariance Gaussian, paired by test row, Student's t interval":                                         "Modell minus Normalverteilung mit voller Kovarianz, je Testzeile gepaart, t-Intervall nach Student",
		"share of the gain from the Gaussian to the true density that the model reaches, paired by test row, Fieller's interval": "Anteil des Gewinns von der Normalverteilung zur wahren Dichte, den das Modell erreicht, je Testzeile gepaart, Intervall nach Fieller",
		"gain over the Gaussian as a share of the gain of reference-1, paired by test row, Fieller's interval":                   "Gewinn gegenüber der Normalverteilung als Anteil des Gewinns von reference-1, je Testzeile gepaart, Intervall nach Fieller",
		"true minus model log-density, paired by test row, Student's t interval":                                                 "wahre minus Log-Dichte des Modells, je Testzeile gepaart, t-Intervall nach Student",

		"row to latent code and back, largest error relative to the value or the column's standard deviation": "Zeile zum latenten Code und zurück, größter Fehler relativ zum Wert oder zur Standardabweichung der Spalte",
		"largest difference of a row's log-density between the two precisions":                                "größter Unterschied der Log-Dichte einer Zeile zwischen den zwei Genauigkeiten",
		"float32, median of repeats by the wall clock, order-statistic interval":                              "float32, Median der Wiederholungen nach der Uhr, Intervall aus Ordnungsstatistiken",
		"float32, processor time of all cores over all repeats":                                               "float32, Prozessorzeit aller Kerne über alle Wiederholungen",
		"the whole fit, once": "die ganze Anpassung, einmal",
		"parameters and evaluation arena, counted from the arrays":                                    "Parameter und Arbeitsspeicher der Auswertung, aus den Feldern gezählt",
		"counted from the arrays":                                                                     "aus den Feldern gezählt",
		"counted from the arrays, over all workers":                                                   "aus den Feldern gezählt, über alle Arbeiter",
		"largest resident set that the system saw, program and data included":                         "größter belegter Arbeitsspeicher, den das System sah, mit Programm und Daten",
		"energy counters of processors and memory over the same run as the time, idle power included": "Energiezähler von Prozessoren und Speicher im selben Lauf wie die Zeit, mit Leerlaufleistung",
		"a model: processor seconds times a stated range of watts per core":                           "ein Modell: Prozessorsekunden mal einer genannten Spanne von Watt je Kern",

		"a limit cannot be tested":                     "ein Grenzfall lässt sich nicht testen",
		"no test of tails yet":                         "noch kein Test der Ränder",
		"no bound of the stretch yet":                  "noch keine Schranke der Dehnung",
		"no operation counts yet":                      "noch keine Zählung der Operationen",
		"no comparison with data yet":                  "noch kein Vergleich mit Daten",
		"no theorem on record":                         "kein Lehrsatz hinterlegt",
		"the model has no latent code":                 "das Modell hat keinen latenten Code",
		"the true density is not known":                "die wahre Dichte ist nicht bekannt",
		"the fit left no report":                       "die Anpassung hinterließ keinen Bericht",
		"the fit was not measured":                     "die Anpassung wurde nicht gemessen",
		"the model does not count its memory":          "das Modell zählt seinen Speicher nicht",
		"this system does not tell the processor time": "dieses System nennt die Prozessorzeit nicht",
		"no gain can be told: a Gaussian, with fewer parameters, would do as well": "kein Gewinn erkennbar: eine Normalverteilung mit weniger Parametern täte es auch",
		"skill: the reference cannot be told from the baseline":                    "Leistung: die Referenz ist nicht von der Normalverteilung zu unterscheiden",
		"no energy counters":                   "keine Energiezähler",
		"this system shows no energy counters": "dieses System zeigt keine Energiezähler",
	}
}

// germanPatterns are reasons with figures in them.
func germanPatterns() [][2]string {
	return [][2]string{
		{"case {} is higher by {}, more than {}", "Fall {} ist um {} höher, mehr als {}"},
		{"case {} has no finite distance", "Fall {} hat keinen endlichen Abstand"},
		{"case {} is {} away, more than chance allows: {}", "Fall {} ist {} entfernt, mehr als der Zufall erlaubt: {}"},
		{"the machine was busy, more than {} of all cores with other work: times and energy may be too high", "der Rechner war beschäftigt, mehr als {} aller Kerne mit anderer Arbeit: Zeiten und Energie vielleicht zu hoch"},
		{"case {} is {}", "Fall {} ist {}"},
		{"case {} has no finite error", "Fall {} hat keinen endlichen Fehler"},
		{"case {} is off by {}, more than {}", "Fall {} weicht um {} ab, mehr als {}"},
		{"the density integrates to {}, further than {} from 1", "die Dichte integriert sich zu {}, weiter als {} von 1"},
		{"the density integrates to {}", "die Dichte integriert sich zu {}"},
		{"the quadrature has not settled: {}, then {}", "die Quadratur hat sich nicht beruhigt: {}, dann {}"},
		{"the quadrature has not settled after {} densities", "die Quadratur hat sich nach {} Dichten nicht beruhigt"},
		{"quadrature is out of reach in {} dimensions", "Quadratur ist in {} Dimensionen nicht zu leisten"},
		{"no numeric Jacobian settles at any of {} test rows", "keine numerische Jacobi-Matrix beruhigt sich an einer von {} Testzeilen"},
		{"energy counters: {}", "Energiezähler: {}"},

		{"{} is not ranked: {}", "{}: keine Rangfolge: {}"},
		{"certificates {} and {} are not of the same {}", "die Zertifikate {} und {} haben nicht gleich: {}"},
		{"certificate {} is refuted ({})", "Zertifikat {} ist widerlegt ({})"},
	}
}
