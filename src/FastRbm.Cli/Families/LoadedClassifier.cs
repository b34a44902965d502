using FastRbm.Data;
using FastRbm.Models;

namespace FastRbm.Cli.Families;

/// <summary>A classifier from a file, and how rows of data become its rows.</summary>
/// <param name="Classifier">The classifier.</param>
/// <param name="Prepare">Turns rows as files have them, from 0 to 1, into those that it takes, with the same labels.</param>
internal sealed record LoadedClassifier(IClassifier Classifier, Func<Dataset, ILabelledRows> Prepare);
