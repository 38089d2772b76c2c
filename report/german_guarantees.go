package report

// germanGuarantees are lines, methods, reasons and theorems about the guarantees and the
// numerics of families, by their English.
func germanGuarantees() map[string]string {
	const limit = ": im Grenzfall immer mehr Einheiten und unbeschränkter Gewichte; sagt nichts über diese Größe"
	const perRow = "linear in Zeilen; Dichte und Stichprobe kosten je einen Durchgang jedes Netzes; "
	return map[string]string{
		"conditions of the theorems":      "Voraussetzungen der Sätze",
		"inverse":                         "Umkehrung",
		"volumes change alike everywhere": "Volumen ändern sich überall gleich",
		"connected parts":                 "zusammenhängende Teile",
		"same seed, same bytes":           "gleicher Startwert, gleiche Bytes",
		"a missing value":                 "ein fehlender Wert",
		"test rows of which every other one misses a value, in either precision: those that have a density all the same, and whole rows beside them that have another one": "Testzeilen, von denen jeder zweiten ein Wert fehlt, in beiden Genauigkeiten: die, die trotzdem eine Dichte haben, und ganze Zeilen daneben, die eine andere haben",
		"far out, without a finite density": "weit außen, ohne endliche Dichte",
		"with noise of 1% of a deviation":   "mit Rauschen von 1 % einer Standardabweichung",
		"shifted by a deviation":            "um eine Standardabweichung verschoben",

		"finite weights; margins of every part at test rows, such as scales, slopes, 1 + w.u: the least, which must be above 0":                                                                           "endliche Gewichte; Reserven jedes Teils an Testzeilen, etwa Skalen, Steigungen, 1 + w.u: die kleinste, die über 0 liegen muss",
		"largest less least log-determinant over the test rows":                                                                                                                                           "größte abzüglich kleinster Log-Determinante der Testzeilen",
		"power of a point's distance with which that of its code grows, from 10,000 to 10^12 deviations in the directions of test rows; 1 keeps the tails":                                                "Potenz des Abstands eines Punktes, mit der der seines Codes wächst, von 10.000 bis 10^12 Standardabweichungen in Richtung von Testzeilen; 1 erhält die Ränder",
		"largest over least singular value of a numeric Jacobian, in deviations, at test rows and samples, largest":                                                                                       "größter durch kleinsten Singulärwert einer numerischen Jacobi-Matrix, in Standardabweichungen, an Testzeilen und Stichproben, größter",
		"operations of one density and of one sample counted in several dimensions: degree of the polynomial, 1 linear, 2 quadratic, 3 cubic; linear in rows; a numeric inverse counts as one evaluation": "Operationen einer Dichte und einer Stichprobe, in mehreren Dimensionen gezählt: Grad des Polynoms, 1 linear, 2 quadratisch, 3 kubisch; linear in Zeilen; eine numerische Umkehrung zählt als eine Auswertung",
		"samples, densities and codes computed again and by other numbers of workers, values that differ":                                                                                                 "Stichproben, Dichten und Codes nochmals und mit anderer Zahl von Workern berechnet, abweichende Werte",
		"float32 densities of test rows moved away from the mean up to 1,000,000 times as far, share that is not finite":                                                                                  "float32-Dichten von Testzeilen, bis 1.000.000-mal so weit vom Mittel gerückt, Anteil nicht endlicher",
		"mean change of a test row's log-density, Hall's interval":                                                                                                                                        "mittlere Änderung der Log-Dichte einer Testzeile, Intervall nach Hall",

		"no theorem on record says that the family keeps tails":                                                "kein Satz liegt vor, nach dem die Familie Ränder erhält",
		"no theorem on record says that the family's volumes change alike":                                     "kein Satz liegt vor, nach dem sich Volumen in der Familie gleich ändern",
		"too many columns for Jacobians by differences":                                                        "zu viele Spalten für Jacobi-Matrizen aus Differenzen",
		"nothing counts the operations of this family":                                                         "die Operationen dieser Familie zählt nichts",
		"no polynomial: the power with which the counts grow from the first dimension to the last, rounded up": "kein Polynom: die Potenz, mit der die Zahlen von der ersten zur letzten Dimension wachsen, aufgerundet",

		"x + u' tanh(w.x + b) with w.u' > -1 for all weights, by the paper's m":                                                 "x + u' tanh(w.x + b) mit w.u' > −1 für alle Gewichte, durch das m der Arbeit",
		"beta > -alpha for all weights":                                                                                         "beta > −alpha für alle Gewichte",
		"one network with positive weights within a column, and a residual that makes it onto":                                  "ein Netz mit positiven Gewichten innerhalb einer Spalte und einem Residuum, das es surjektiv macht",
		"the sum of the layers' log-determinants, each in closed form":                                                          "Summe der Log-Determinanten der Schichten, jede geschlossen",
		"in closed form, both halves at once":                                                                                   "geschlossen, beide Hälften zugleich",
		"in closed form, one column after the other":                                                                            "geschlossen, eine Spalte nach der anderen",
		"in closed form: the root of a quadratic":                                                                               "geschlossen: die Wurzel einer quadratischen Gleichung",
		"in closed form: a triangular matrix":                                                                                   "geschlossen: eine Dreiecksmatrix",
		"numeric: roots of increasing functions in shrinking brackets, to rounding":                                             "numerisch: Nullstellen steigender Funktionen in schrumpfenden Klammern, bis auf Rundung",
		"shifts keep volumes, one scaling is the same everywhere; so not any distribution in the sense of KL, however large":    "Verschiebungen erhalten Volumen, eine Skalierung ist überall gleich; also nicht jede Verteilung im Sinne von KL, wie groß auch immer",
		"log-scales add up to 0, one scaling is the same everywhere; so not any distribution in the sense of KL, however large": "Log-Skalen ergeben zusammen 0, eine Skalierung ist überall gleich; also nicht jede Verteilung im Sinne von KL, wie groß auch immer",
		"one linear map": "eine lineare Abbildung",
		"any continuous distribution: in the limit of ever more units and weights without bounds; says nothing of this size":                 "jede stetige Verteilung" + limit,
		"any distribution with a density: in the limit of ever more units and weights without bounds; says nothing of this size":             "jede Verteilung mit Dichte" + limit,
		"any distribution with a density, as layers grow without end; says nothing of this size":                                             "jede Verteilung mit Dichte, wenn die Schichten endlos mehr werden; sagt nichts über diese Größe",
		"continuous both ways: what is connected stays so, and gaps between parts of the data are only approached, by ever steeper maps":     "stetig in beide Richtungen: Zusammenhängendes bleibt es, und Lücken zwischen Teilen der Daten werden nur angenähert, durch immer steilere Abbildungen",
		"scales are bounded, and so are shifts, for networks see bounded inputs: distances of points and codes stay within constant factors": "Skalen sind beschränkt, und Verschiebungen auch, denn Netze sehen beschränkte Eingaben: Abstände von Punkten und Codes bleiben bis auf feste Faktoren gleich",
		"outside their box splines are the identity, and the other layers are linear":                                                        "außerhalb ihres Kastens sind Splines die Identität, und die anderen Schichten sind linear",
		"what is added to a point is bounded":     "was zu einem Punkt addiert wird, ist beschränkt",
		"a scaling, and what is added is bounded": "eine Skalierung, und was addiert wird, ist beschränkt",
		"outside a box maps are lines with bounded slopes and, for networks see bounded inputs, bounded offsets":                 "außerhalb eines Kastens sind die Abbildungen Geraden mit beschränkten Steigungen und, da Netze beschränkte Eingaben sehen, beschränkten Achsenabschnitten",
		"each layer at most 1 + |u'||w|, its inverse at most 1 + |u'||w| / min(1, 1 + w.u')":                                     "jede Schicht höchstens 1 + |u'||w|, ihre Umkehrung höchstens 1 + |u'||w| / min(1, 1 + w.u')",
		"the same everywhere: the whitening matrix":                                                                              "überall dieselbe: die Dekorrelationsmatrix",
		"linear in rows; a density and a sample take one pass of every network; linear in columns for networks of a fixed width": perRow + "linear in Spalten bei fester Breite der Netze",
		"linear in rows; a density and a sample take one pass of every network; quadratic in columns":                            perRow + "quadratisch in Spalten",
		"linear in rows; quadratic in columns, by matrices":                                                                      "linear in Zeilen; quadratisch in Spalten, durch Matrizen",
		"linear in rows and in columns":                                                                                          "linear in Zeilen und Spalten",
	}
}
