using System.Globalization;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class SpectrumHistoryTests
{
    [Fact]
    public void The_largest_values_are_the_first_of_all_values()
    {
        double[] matrix = new SplitMix64(1).NextDoubles(12 * 9);
        double[] all = SingularValues.Compute(matrix, 12, 9);
        Assert.Equal(all[..4], SingularValues.Largest(matrix, 12, 9, 4));
        Assert.Equal(all, SingularValues.Largest(matrix, 12, 9, 100));
        Assert.Equal([0], SingularValues.Largest(new double[6], 2, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SingularValues.Largest(matrix, 12, 9, 0));
    }

    [Fact]
    public void A_history_holds_the_values_of_each_epoch_and_reads_back_from_numbers()
    {
        Rbm rbm = Rbm.Binary(6, 4);
        SpectrumHistory history = new(largest: 3);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            rbm.Edit((weights, _, _) => (weights[0, 0], weights[1, 1], weights[5, 2]) = (epoch, 2 * epoch, 0.5f));
            SpectrumRecord record = history.Record(epoch, rbm);
            RbmParameters parameters = RbmParameters.From(rbm);
            Assert.Equal(SingularValues.Compute(parameters.Weights, 6, 4)[..3], record.SingularValues);
        }

        Assert.Equal([0, 1, 2], history.Records.Select(static record => record.Epoch));
        SpectrumHistory copy = SpectrumHistory.FromArray(history.ToArray(), largest: 3);
        Assert.Equal(history.ToArray(), copy.ToArray());
        rbm.Edit(static (weights, _, _) => weights[0, 0] = 9);
        Assert.Equal(history.Record(5, rbm).SingularValues, copy.Record(5, rbm).SingularValues);
        Assert.Throws<ArgumentOutOfRangeException>(() => history.Record(5, rbm));
        Assert.Throws<ArgumentException>(() => history.Record(6, Rbm.Binary(2, 2)));
    }

    [Fact]
    public void Text_is_the_same_in_every_country_and_reads_back_as_the_same_numbers()
    {
        SpectrumHistory history = SpectrumHistory.FromArray(new[,] { { 1, 0.1 + 0.2, 0.25 }, { 7, 1e-20, 0 } });
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Cultures.WithCommas;
            using StringWriter text = new() { NewLine = "\r\n" };
            history.WriteCsv(text);
            Assert.Equal("epoch,sigma_1,sigma_2\n1,0.30000000000000004,0.25\n7,1E-20,0\n", text.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        using StringWriter empty = new();
        new SpectrumHistory().WriteCsv(empty);
        Assert.Equal("epoch\n", empty.ToString());
    }

    [Fact]
    public void Numbers_that_no_history_wrote_are_refused()
    {
        Assert.Empty(SpectrumHistory.FromArray(new double[0, 0]).Records);
        Assert.Throws<ArgumentException>(() => SpectrumHistory.FromArray(new[,] { { 0.5, 1 } }));
        Assert.Throws<ArgumentException>(() => SpectrumHistory.FromArray(new[,] { { 1, double.NaN } }));
        Assert.Throws<ArgumentException>(() => SpectrumHistory.FromArray(new[,] { { 1, 1.0, 2 } }));
        Assert.Throws<ArgumentException>(() => SpectrumHistory.FromArray(new[,] { { 1.0 } }));
        Assert.Throws<ArgumentException>(() => SpectrumHistory.FromArray(new[,] { { 1, 2.0, 1 } }, largest: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectrumHistory.FromArray(new[,] { { 2, 2.0 }, { 1, 2.0 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpectrumHistory(0));
    }
}
