package report

// germanBriefly are the names and units of rows among the small print of a label.
func germanBriefly() map[string]string {
	return map[string]string{
		"train-test gap": "Abstand Training–Test", "calibration error": "Kalibrierfehler",
		"worst tenth": "schlechtestes Zehntel", "total variation at least": "Totalvariation mindestens", "sd": "Std.-Abw.",
		"copies": "Kopien", "sliced Wasserstein": "Sliced Wasserstein",
		"volumes change alike": "Volumen ändern sich gleich", "mass in a box": "Masse in einem Quader", "Lipschitz constant": "Lipschitz-Konstante",
		"stretch of the inverse": "Dehnung der Umkehrung", "stretch of a layer": "Dehnung einer Schicht",
		"condition": "Kondition", "float error": "Gleitkommafehler", "total variation": "Totalvariation",
	}
}

// germanLines are the statements of lines, by their English.
func germanLines() map[string]string {
	return map[string]string{
		"columns of latent codes": "Spalten der latenten Codes", "latent codes jointly": "latente Codes gemeinsam",
		"length of latent codes": "Länge der latenten Codes", "copies of training rows": "Kopien von Trainingszeilen",
		"coverage": "Abdeckung", "coverage of highest-density regions": "Abdeckung der Gebiete höchster Dichte",
		"distance of the correlations": "Abstand der Korrelationen", "effective share of samples": "wirksamer Anteil der Stichproben",
		"energy distance": "Energiedistanz", "excess of the samples over the true density": "Rückstand der Stichproben zur wahren Dichte",
		"largest distance of a column's distribution": "größter Abstand der Verteilung einer Spalte",
		"log-likelihood of the worst tenth":           "Log-Likelihood des schlechtesten Zehntels",
		"maximum mean discrepancy, squared":           "Maximum Mean Discrepancy, quadriert", "precision": "Präzision", "recall": "Trefferquote",
		"samples follow the density": "Stichproben folgen der Dichte", "samples that lie among test rows": "Stichproben, die unter Testzeilen liegen",
		"sliced Wasserstein distance":                 "Sliced-Wasserstein-Distanz",
		"test log-likelihood over trainings":          "Log-Likelihood der Testzeilen über Trainings",
		"test log-likelihood over trainings and rows": "Log-Likelihood der Testzeilen über Trainings und Zeilen",
		"test rows that lie among samples":            "Testzeilen, die unter Stichproben liegen", "test rows that training has seen": "Testzeilen, die das Training gesehen hat",
		"test rows whose ball holds a sample":            "Testzeilen, deren Kugel eine Stichprobe enthält",
		"told apart from data by a classifier":           "von einem Klassifikator von Daten unterschieden",
		"training rows over test rows":                   "Trainingszeilen über Testzeilen",
		"densities take longer with rows, exponent":      "Dichten dauern länger mit Zeilen, Exponent",
		"densities take longer with dimension, exponent": "Dichten dauern länger mit der Dimension, Exponent",
		"densities take longer with depth, exponent":     "Dichten dauern länger mit der Tiefe, Exponent",
		"other work of the machine":                      "andere Arbeit des Rechners",
		"other work of the machine, while training":      "andere Arbeit des Rechners, im Training",
		"1,000 densities, above idle":                    "1.000 Dichten, über Leerlauf",
		"1,000 samples, above idle":                      "1.000 Stichproben, über Leerlauf",
		"training, above idle":                           "Training, über Leerlauf",
		"power when idle":                                "Leistung im Leerlauf",
		"1,000 densities, carbon dioxide":                "1.000 Dichten, Kohlendioxid",
		"training, carbon dioxide":                       "Training, Kohlendioxid",
		"peak of the heap, while answering":              "Spitze des Heaps, beim Antworten",
		"peak of the heap, while training":               "Spitze des Heaps, im Training",
		"peak of the process, while answering":           "Spitze des Prozesses, beim Antworten",
		"peak of the process, while training":            "Spitze des Prozesses, im Training",
		"peak of the cgroup, while answering":            "Spitze der Cgroup, beim Antworten",
		"peak of the cgroup, while training":             "Spitze der Cgroup, im Training",
		"density":                                        "Dichte",
		"samples":                                        "Stichproben",
		"latent code":                                    "latenter Code",
		"marginals":                                      "Randverteilungen",
		"conditionals":                                   "bedingte Verteilungen",
		"mode":                                           "Modus",
		"missing values":                                 "fehlende Werte",
		"distribution function of a column":              "Verteilungsfunktion einer Spalte",

		"invertible":              "umkehrbar",
		"density integrates to 1": "Dichte hat Integral 1",
		"Lipschitz constant of the map on a box, at most":       "Lipschitz-Konstante der Abbildung auf einem Quader, höchstens",
		"Lipschitz constant of the inverse on a box, at most":   "Lipschitz-Konstante der Umkehrung auf einem Quader, höchstens",
		"stretch of one layer or its inverse on a box, at most": "Dehnung einer Schicht oder ihrer Umkehrung auf einem Quader, höchstens",
		"condition of the map on a box, at most":                "Kondition der Abbildung auf einem Quader, höchstens",
		"float error of a round trip, at most":                  "Gleitkommafehler von Hin- und Rückweg, höchstens",
		"total variation that smoothness implies, at least":     "Totalvariation, die aus der Glattheit folgt, mindestens",

		"mass of the density in a box":   "Masse der Dichte in einem Quader",
		"log-determinant exact":          "Log-Determinante exakt",
		"any distribution, in the limit": "jede Verteilung, im Grenzfall",
		"tails like the base's":          "Ränder wie die der Basis",
		"stretch of the map":             "Dehnung der Abbildung",
		"cost grows":                     "Wachstum der Kosten",

		"test log-likelihood":                     "Log-Likelihood der Testzeilen",
		"gain over a Gaussian":                    "Gewinn gegenüber einer Normalverteilung",
		"skill against a Gaussian":                "Leistung gegenüber einer Normalverteilung",
		"excess over the true density":            "Rückstand zur wahren Dichte",
		"total variation from the data, at least": "Totalvariation zu den Daten, mindestens",

		"round trip, float32":     "hin und zurück, float32",
		"round trip, float64":     "hin und zurück, float64",
		"log-determinant":         "Log-Determinante",
		"float32 against float64": "float32 gegen float64",

		"1,000 densities":                 "1.000 Dichten",
		"1,000 densities, processor time": "1.000 Dichten, Prozessorzeit",
		"1,000 samples":                   "1.000 Stichproben",
		"1,000 samples, processor time":   "1.000 Stichproben, Prozessorzeit",
		"training":                        "Training",
		"training, processor time":        "Training, Prozessorzeit",

		"while answering":                           "beim Antworten",
		"parameters":                                "Parameter",
		"optimiser, while training":                 "Optimierer, im Training",
		"activations and gradients, while training": "Aktivierungen und Gradienten, im Training",
		"peak of the certifying process":            "Spitze des zertifizierenden Prozesses",
	}
}

// germanWords are blocks, strengths, grades and units.
func germanWords() map[string]string {
	return map[string]string{
		"bits per dimension": "Bit je Dimension", "standard deviations": "Standardabweichungen",
		"of all cores": "aller Kerne",
		"Answers":      "Antworten", "Guarantees": "Garantien", "Fit": "Anpassung", "Samples": "Stichproben",
		"Numerics": "Numerik", "Time": "Zeit", "Memory": "Speicher", "Energy": "Energie",

		"answers": "Antworten", "guarantees": "Garantien", "fit": "Anpassung",
		"numerics": "Numerik", "time": "Zeit", "memory": "Speicher", "energy": "Energie",

		"kind of scores": "Art der Bewertungen", "number of workers": "Zahl der Worker", "kernels": "Rechenkerne",

		"theorem": "Lehrsatz", "proved": "bewiesen", "bounded": "eingegrenzt", "tested": "getestet",
		"measured": "gemessen", "declared": "angegeben", "not assessed": "nicht geprüft", "refuted": "widerlegt",

		"relative": "relativ", "deviations": "Standardabweichungen", "nats": "nat", "nats per row": "nat je Zeile", "nats per dimension": "nat je Dimension",
		"s": "s", "ms": "ms", "J": "J", "mJ": "mJ", "W": "W", "uJ": "µJ", "MiB": "MiB", "KiB": "KiB",
		"bytes": "Byte", "data": "Daten", "rows": "Zeilen",
		"ms per 1,000 rows": "ms je 1.000 Zeilen", "mJ per 1,000 rows": "mJ je 1.000 Zeilen",
		"mg per 1,000 rows": "mg je 1.000 Zeilen", "mg": "mg", "g": "g",
	}
}
